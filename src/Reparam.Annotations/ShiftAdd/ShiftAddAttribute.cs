namespace Reparam;

/// <summary>
/// Post-training shift-and-add weights: w ≈ Σᵢ αᵢ·bᵢ with signs bᵢ and a scale αᵢ for each group of inputs, so that products become look-ups of
/// signed sums (ShiftAddLLM, You et al., NeurIPS 2024, arXiv 2406.05981). Applied to the checkpoint by the build.
/// </summary>
/// <param name="bits">Number of sign planes, 1 to 4.</param>
[ReparamMethod("shiftadd", Layers = LayerKinds.All, Source = "ShiftAddLLM: You et al., NeurIPS 2024, arXiv 2406.05981")]
public sealed class ShiftAddAttribute([ReparamRange(1, 4)] int bits) : PostTrainingAttribute
{
    private ShiftAddLayout? layout;
    private bool isGrouped;

    /// <summary>Number of sign planes.</summary>
    public int Bits { get; } = bits;

    /// <summary>
    /// Which weights share what; <see cref="ShiftAddLayout.Auto"/> takes the layout with the lowest measured error. Default
    /// <see cref="ShiftAddLayout.Nested"/>, or <see cref="ShiftAddLayout.Row"/> where <see cref="GroupSize"/>, <see cref="ScaleTerms"/> or
    /// <see cref="Rounds"/> is written, which the nested layout has no use for.
    /// </summary>
    public ShiftAddLayout Layout
    {
        get => layout ?? (isGrouped ? ShiftAddLayout.Row : ShiftAddLayout.Nested);
        set => layout = value;
    }

    /// <summary>
    /// Weights that share a set of scales in the layouts row, column and block8: a multiple of 8, or 0 for the whole row or column. Default 128. The nested
    /// and the codebook layout have groups of 16.
    /// </summary>
    [ReparamRange(0, 65536, MultipleOf = 8)]
    public int GroupSize { get; set => (field, isGrouped) = (value, true); } = 128;

    /// <summary>
    /// 0, the default, stores free half-precision scales; 1 to 3 stores each scale as a sum of that many signed powers of two.
    /// </summary>
    [ReparamRange(0, 3)]
    public int ScaleTerms { get; set => (field, isGrouped) = (value, true); }

    /// <summary>Rounds of scale refit and code reassignment, 0 to 100. Default 20.</summary>
    [ReparamRange(0, 100)]
    public int Rounds { get; set => (field, isGrouped) = (value, true); } = 20;

    /// <summary>How much time the coder may take.</summary>
    public CodingQuality Quality { get; set; } = CodingQuality.Default;

    /// <summary>
    /// With calibration: columns are coded in the order of falling second moment of their input, in place, so that the stored form has no permutation.
    /// Default true.
    /// </summary>
    public bool ActOrder { get; set; } = true;

    /// <summary>With calibration: the error of a column is compensated by the columns that are coded later. Default true.</summary>
    public bool Compensate { get; set; } = true;

    /// <summary>
    /// With calibration: rounds of scale refit and coordinate descent over the codes, 0 to 100; they end when nothing moves. -1, the default, for what
    /// <see cref="Quality"/> allows.
    /// </summary>
    [ReparamRange(-1, 100)]
    public int Sweeps { get; set; } = -1;

    /// <summary>Seed of the samples that tables are learned from, in the layouts nested and codebook. Default 0.</summary>
    public int Seed { get; set; }
}
