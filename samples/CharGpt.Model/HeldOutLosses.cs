namespace CharGpt;

/// <summary>Nats a character on the two texts that no step learns from.</summary>
/// <param name="Tempest">On <see cref="Corpus.TempestHeldOut"/>.</param>
/// <param name="Shrew">On <see cref="Corpus.ShrewHeldOut"/>.</param>
public readonly record struct HeldOutLosses(double Tempest, double Shrew);
