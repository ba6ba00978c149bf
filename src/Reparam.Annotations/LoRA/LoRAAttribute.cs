namespace Reparam;

/// <summary>
/// Low-rank adapter: y += s·B·A·dropout(x) beside a frozen weight, s = α/r (Hu et al. 2021, arXiv 2106.09685), with the variants
/// rsLoRA, LoRA+, PiSSA and DoRA as options.
/// </summary>
/// <param name="rank">r, from 1 to the smaller side of the weight seen as a matrix [out, rest].</param>
[ReparamMethod("Reparam.Training.LoRA.LoRAPath", Layers = LayerKinds.All, Source = "LoRA: Hu et al. 2021, arXiv 2106.09685")]
public sealed class LoRAAttribute([ReparamRange(1, int.MaxValue, WithinLayerRank = true)] int rank) : SidePathAttribute
{
    /// <summary>r, the rank of the adapter.</summary>
    public int Rank { get; } = rank;

    /// <summary>α. Default 0 stands for α = r, which makes the scale 1 (or √r when rank-stabilised).</summary>
    [ReparamRange(0, 1e6)]
    public double Alpha { get; set; }

    /// <summary>Probability of dropping an input of the adapter while training; the layer's own path sees no dropout. In [0, 1). Default 0.</summary>
    [ReparamRange(0, 0.999)]
    public double Dropout { get; set; }

    /// <summary>How s follows from α and r. Default <see cref="LoraScale.Standard"/>.</summary>
    public LoraScale Scale { get; set; } = LoraScale.Standard;

    /// <summary>How A and B start. Default <see cref="LoraInit.Kaiming"/>, which leaves the function unchanged.</summary>
    public LoraInit Init { get; set; } = LoraInit.Kaiming;

    /// <summary>True adds DoRA's learned magnitude of each output (Liu et al. 2024, arXiv 2402.09353). Default false.</summary>
    public bool Magnitude { get; set; }

    /// <summary>Learning rate of B as a multiple of A's (LoRA+, Hayou et al. 2024, arXiv 2402.12354). At least 1. Default 1.</summary>
    [ReparamRange(1, 1e6)]
    public double LrRatio { get; set; } = 1;

    /// <summary>How a convolution's delta is built from A and B. Default <see cref="ConvLayout.Peft"/>.</summary>
    public ConvLayout Layout { get; set; } = ConvLayout.Peft;
}
