namespace Reparam;

/// <summary>
/// Weight compander: w = a·arctan(v / b). Bounds large weights by a·π/2 and moves small ones away from zero (Cakaj, Mehnert and
/// Yang 2023, arXiv 2306.16993). Any weight shape; the bias is left alone.
/// </summary>
[ReparamMethod("Reparam.Training.Compand.CompandMap", Layers = LayerKinds.All,
    Source = "Weight Compander: Cakaj, Mehnert and Yang 2023, arXiv 2306.16993")]
public sealed class CompandAttribute : WeightMapAttribute
{
    /// <summary>Start value of a, the outer scale. At least <see cref="MinScale"/>. Default 1; raised where a given weight would not fit below a·π/2.</summary>
    [ReparamRange(1e-8, 1e8)]
    public float A { get; set; } = 1;

    /// <summary>Start value of b, the inner scale. At least <see cref="MinScale"/>. Default 1.</summary>
    [ReparamRange(1e-8, 1e8)]
    public float B { get; set; } = 1;

    /// <summary>True, the default, trains a and b; false keeps them as they started.</summary>
    public bool Learn { get; set; } = true;

    /// <summary>True gives every output channel its own a and b; false, the default, one pair a layer.</summary>
    public bool PerChannel { get; set; }

    /// <summary>The compander. Default <see cref="Compander.Arctan"/>, the paper's.</summary>
    public Compander Kind { get; set; } = Compander.Arctan;

    /// <summary>Learned a and b are raised to this after every optimizer step. Positive. Default 1e-4.</summary>
    [ReparamRange(1e-12, 1)]
    public float MinScale { get; set; } = 1e-4f;

    /// <summary>Learning rate of a and b as a multiple of the weight's. Default 1.</summary>
    [ReparamRange(0, 1e6)]
    public float ScaleLrMultiplier { get; set; } = 1;
}
