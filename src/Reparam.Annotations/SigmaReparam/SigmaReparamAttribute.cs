namespace Reparam;

/// <summary>
/// σReparam: ŵ = (γ/σ(W))·W, with σ a running power-iteration estimate of the largest singular value of W and γ learned (Zhai et al.,
/// ICML 2023, arXiv 2303.06296). A convolution's weight is seen as the matrix [out, rest].
/// </summary>
[ReparamMethod("Reparam.Training.SigmaReparam.SigmaMap", Layers = LayerKinds.Linear | LayerKinds.Convolution,
    Source = "sigmaReparam: Zhai et al., ICML 2023, arXiv 2303.06296")]
public sealed class SigmaReparamAttribute : WeightMapAttribute
{
    /// <summary>What γ starts from. Default <see cref="GammaInit.Spectral"/>: the function does not change at step 0.</summary>
    public GammaInit GammaInit { get; set; } = GammaInit.Spectral;

    /// <summary>Power iterations a training forward. At least 1. Default 1, the paper's.</summary>
    [ReparamRange(1, 100)]
    public int PowerIterations { get; set; } = 1;

    /// <summary>Added where a vector is normalised and where σ divides. Positive. Default 1e-12.</summary>
    [ReparamRange(1e-30, 1e-3)]
    public double Eps { get; set; } = 1e-12;

    /// <summary>The σ that a folded weight is divided by. Default <see cref="ExportSigma.Running"/>.</summary>
    public ExportSigma ExportSigma { get; set; } = ExportSigma.Running;
}
