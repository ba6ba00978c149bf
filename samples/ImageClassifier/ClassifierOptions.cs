namespace ImageClassifier;

/// <summary>What the user asked for.</summary>
/// <param name="Images">Folder of photographs; null for MNIST.</param>
/// <param name="Limit">Pictures to classify at most.</param>
/// <param name="Grid">Where to write the picture of the predictions.</param>
/// <param name="Count">Pictures in it.</param>
/// <param name="Bits">Weights whose predictions it shows: 32, 4, 3 or 2.5.</param>
public sealed record ClassifierOptions(string? Images, int Limit, string Grid, int Count, string Bits);
