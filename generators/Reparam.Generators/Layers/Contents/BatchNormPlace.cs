namespace Reparam.Generators.Layers.Contents;

/// <summary>A batch norm in a <c>Sequential</c> that takes the output of the layer before it.</summary>
/// <param name="Layer">Path of a linear layer or convolution.</param>
/// <param name="BatchNorm">Path of the batch norm; the layer's own where <paramref name="IsNext"/>.</param>
/// <param name="Eps">What it adds to the variance.</param>
/// <param name="IsNext">True if the paths stand for all indices, and each batch norm has the index behind its layer's.</param>
internal sealed record BatchNormPlace(string Layer, string BatchNorm, double Eps, bool IsNext = false)
{
    /// <summary>The same place as it is called from outside.</summary>
    /// <param name="path">Path of the Sequential.</param>
    public BatchNormPlace Below(string path) => this with { Layer = $"{path}.{Layer}", BatchNorm = $"{path}.{BatchNorm}" };
}
