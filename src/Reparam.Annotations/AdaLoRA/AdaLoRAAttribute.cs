namespace Reparam;

/// <summary>
/// Low-rank adapter in the form of a singular value decomposition, y += α/(r + 10⁻⁵)·B·diag(E)·A·dropout(x) beside a frozen weight, whose ranks move during
/// training to the layers that need them
/// (Zhang et al., ICLR 2023, arXiv 2303.10512). All annotated layers of a model share one budget and one schedule.
/// </summary>
/// <param name="initRank">r, the rank of each layer at the start, from 1 to the smaller side of the weight seen as a matrix [out, rest].</param>
/// <param name="targetRank">What is left of r on average over the layers at the end; from 1 to r.</param>
[ReparamMethod("Reparam.Training.AdaLoRA.AdaLoRAPath", Layers = LayerKinds.Linear | LayerKinds.Convolution,
    Source = "AdaLoRA: Zhang et al., ICLR 2023, arXiv 2303.10512")]
[ReparamModelRule("Reparam.Training.AdaLoRA.AdaLoRARule")]
public sealed class AdaLoRAAttribute(
    [ReparamRange(1, int.MaxValue, WithinLayerRank = true)] int initRank, [ReparamRange(1, int.MaxValue)] int targetRank) : SidePathAttribute
{
    /// <summary>r, the rank at the start. It stays the divisor of α when ranks are dropped.</summary>
    public int InitRank { get; } = initRank;

    /// <summary>The average rank at the end.</summary>
    public int TargetRank { get; } = targetRank;

    /// <summary>Steps of the whole training; must be above <see cref="TInit"/> + <see cref="TFinal"/>. Needed: training without it is refused.</summary>
    [ReparamRange(1, int.MaxValue)]
    public int TotalSteps { get; set; }

    /// <summary>Steps at the start in which every rank trains. Default 0.</summary>
    [ReparamRange(0, int.MaxValue)]
    public int TInit { get; set; }

    /// <summary>Steps at the end in which the ranks no longer move. Default 0.</summary>
    [ReparamRange(0, int.MaxValue)]
    public int TFinal { get; set; }

    /// <summary>Steps from one choice of ranks to the next. Default 1.</summary>
    [ReparamRange(1, int.MaxValue)]
    public int DeltaT { get; set; } = 1;

    /// <summary>α. Default 0 stands for α = r.</summary>
    [ReparamRange(0, 1e6)]
    public double Alpha { get; set; }

    /// <summary>Decay of the running mean of the sensitivity. In [0, 1). Default 0.85.</summary>
    [ReparamRange(0, 0.999999)]
    public double Beta1 { get; set; } = 0.85;

    /// <summary>Decay of the running mean of the uncertainty. In [0, 1). Default 0.85.</summary>
    [ReparamRange(0, 0.999999)]
    public double Beta2 { get; set; } = 0.85;

    /// <summary>Weight of the regularizer that keeps the rows of A and the columns of B orthonormal. Default 0.1.</summary>
    [ReparamRange(0, 1e6)]
    public double OrthWeight { get; set; } = 0.1;

    /// <summary>Probability of dropping an input of the adapter while training. In [0, 1). Default 0.</summary>
    [ReparamRange(0, 0.999)]
    public double Dropout { get; set; }
}
