namespace Reparam;

/// <summary>
/// Post-training shift-and-add weights: w ≈ Σᵢ αᵢ·bᵢ with signs bᵢ and a scale αᵢ for each group of inputs, so that products become look-ups of
/// signed sums (ShiftAddLLM, You et al., NeurIPS 2024, arXiv 2406.05981). Applied to the checkpoint by the build.
/// </summary>
/// <param name="bits">Number of sign planes, 1 to 4.</param>
[ReparamMethod("shiftadd", Layers = LayerKinds.All, Source = "ShiftAddLLM: You et al., NeurIPS 2024, arXiv 2406.05981")]
public sealed class ShiftAddAttribute([ReparamRange(1, 4)] int bits) : PostTrainingAttribute
{
    /// <summary>Number of sign planes.</summary>
    public int Bits { get; } = bits;

    /// <summary>
    /// Which weights share what. Default <see cref="ShiftAddLayout.Nested"/>; <see cref="ShiftAddLayout.Row"/> where <see cref="GroupSize"/>, <see cref="ScaleTerms"/> or <see cref="Rounds"/> is written, which the nested
    /// layout has no use for.
    /// </summary>
    public ShiftAddLayout Layout { get; set; } = ShiftAddLayout.Nested;

    /// <summary>True: a bit budget of the build leaves this layer as it is annotated. Default false.</summary>
    public bool Fixed { get; set; }

    /// <summary>Weights that share a set of scales: a multiple of 8, or 0 for the whole row or column. Default 128. The nested and the codebook layout have groups of 16.</summary>
    [ReparamRange(0, 65536, MultipleOf = 8)]
    public int GroupSize { get; set; } = 128;

    /// <summary>
    /// 0, the default, stores free half-precision scales; 1 to 3 stores each scale as a sum of that many signed powers of two.
    /// </summary>
    [ReparamRange(0, 3)]
    public int ScaleTerms { get; set; }

    /// <summary>Rounds of scale refit and code reassignment, 0 to 100. Default 20.</summary>
    [ReparamRange(0, 100)]
    public int Rounds { get; set; } = 20;
}
