namespace Reparam.Compression.BatchNormFolding;

/// <summary>A batch norm that follows a linear layer or a convolution and nothing else, so that the layer can do its work.</summary>
/// <param name="Layer">Path of the layer in the checkpoint.</param>
/// <param name="BatchNorm">Path of the batch norm.</param>
/// <param name="Eps">What it adds to the variance, as its module says.</param>
public sealed record BatchNormFold(string Layer, string BatchNorm, double Eps);
