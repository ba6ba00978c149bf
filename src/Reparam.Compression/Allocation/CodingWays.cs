using System.Collections.Immutable;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Plans;
using Reparam.Compression.ShiftAdd;

namespace Reparam.Compression.Allocation;

/// <summary>The codings that a budget may choose from: widths in the layer's own layout, and every layout where that is <c>auto</c>.</summary>
internal static class CodingWays
{
    /// <summary>The widths that a budget chooses from.</summary>
    public static ImmutableArray<int> Usual { get; } = [2, 3, 4];

    /// <summary>Every width.</summary>
    public static ImmutableArray<int> All { get; } = [.. Enumerable.Range(1, PlanesMatrix.MaxBits)];

    /// <summary>Codings of a layer in rising width.</summary>
    public static IEnumerable<ShiftAddOptions> Of(LayerPlan layer, IEnumerable<int> widths) =>
        widths.SelectMany(bits => Layouts(layer.Options).Select(layout => layer.Options with { Layout = layout, Bits = bits }));

    // Codebooks take seconds for a million weights.
    private static IEnumerable<ShiftAddLayout> Layouts(ShiftAddOptions options) => options.Layout != ShiftAddLayout.Auto
        ? [options.Layout]
        : Enum.GetValues<ShiftAddLayout>().Where(layout => layout switch
        {
            ShiftAddLayout.Auto => false,
            ShiftAddLayout.Block8 => options.GroupSize % 8 == 0,
            ShiftAddLayout.Codebook => options.Quality == CodingQuality.Best,
            _ => true,
        });
}
