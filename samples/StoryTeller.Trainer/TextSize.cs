namespace StoryTeller.Trainer;

/// <summary>How much text calibrates.</summary>
/// <param name="Sequences">Number of sequences.</param>
/// <param name="Length">Tokens of each, at most the model's longest sequence.</param>
public sealed record TextSize(int Sequences, int Length);
