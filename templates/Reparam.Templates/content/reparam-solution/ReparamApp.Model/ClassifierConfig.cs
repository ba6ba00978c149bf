namespace ReparamApp.Model;

/// <summary>Sizes of the model. The trainer writes it into the checkpoint, and the app reads it from there.</summary>
public sealed record ClassifierConfig(int Width);
