using System.Globalization;
using Reparam.Compression.Structures;
using static TorchSharp.torch;

namespace Reparam.Training;

/// <summary>Comparisons of a block's two forms.</summary>
public static class StructureChecks
{
    /// <summary>
    /// Refuses outputs of the two forms that differ by more than rounding: by more than a part of the largest output that depends on the type (1e-9 of
    /// float64, 1e-3 of float32, 5e-2 of shorter floats).
    /// </summary>
    /// <param name="block">What the block is called.</param>
    /// <param name="unfolded">Output of the block's own form, in evaluation.</param>
    /// <param name="folded">Output of the folded block on the same input.</param>
    /// <exception cref="StructureException">They differ in shape or in value.</exception>
    public static void RequireSame(string block, Tensor unfolded, Tensor folded)
    {
        ArgumentNullException.ThrowIfNull(unfolded);
        ArgumentNullException.ThrowIfNull(folded);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        if (!unfolded.shape.SequenceEqual(folded.shape))
        {
            throw new StructureException(
                $"{block}: the folded block gives [{string.Join(", ", folded.shape)}], the block [{string.Join(", ", unfolded.shape)}]");
        }

        var part = unfolded.dtype switch
        {
            ScalarType.Float64 => 1e-9,
            ScalarType.Float32 => 1e-3,
            _ => 5e-2,
        };
        var expected = unfolded.to(ScalarType.Float64);
        var largest = expected.abs().max().item<double>();
        var difference = (expected - folded.to(ScalarType.Float64)).abs().max().item<double>();
        if (!(difference <= part * Math.Max(largest, 1e-30)))
        {
            throw new StructureException(string.Create(
                CultureInfo.InvariantCulture,
                $"{block}: the folded block does not compute what the block does: outputs up to {largest:g4} differ by {difference:g4}. "
                + $"Compare the folded class's forward with the block's"));
        }
    }
}
