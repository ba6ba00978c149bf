using System.Runtime.InteropServices;
using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed;

/// <summary>The checks of a coded matrix's scales.</summary>
internal static class ScaleRange
{
    // The bits of 65504; those of infinities, NaNs and numbers with a sign are above.
    private const ushort LargestHalf = 0x7BFF;

    /// <summary>Whether every scale is a half-precision number without a sign, so that the kernels can widen it by a shift.</summary>
    /// <exception cref="ArgumentException">A scale is not finite.</exception>
    public static bool FitsHalf(BinaryCodedMatrix matrix)
    {
        if (matrix.ScaleTerms == 0 && !MemoryMarshal.Cast<Half, ushort>(matrix.Scales.Span).ContainsAnyExceptInRange((ushort)0, LargestHalf))
        {
            return true;
        }

        var fits = true;
        for (var row = 0; row < matrix.RowBlocks; row++)
        {
            for (var group = 0; group < matrix.ColumnBlocks; group++)
            {
                for (var bit = 0; bit < matrix.Bits; bit++)
                {
                    var scale = matrix.Scale(row, group, bit);
                    if (!float.IsFinite(scale))
                    {
                        throw new ArgumentException($"the scale of row {row}, group {group}, bit {bit} is {scale}; a scale must be finite", nameof(matrix));
                    }

                    fits &= !float.IsNegative(scale) && (float)(Half)scale == scale;
                }
            }
        }

        return fits;
    }

    /// <summary>Refuses scales that are not finite.</summary>
    /// <returns>The matrix.</returns>
    /// <exception cref="ArgumentException">A scale is not finite.</exception>
    public static BinaryCodedMatrix RequireFinite(BinaryCodedMatrix matrix)
    {
        _ = FitsHalf(matrix);
        return matrix;
    }

    /// <summary>Refuses super-scales that are not finite, alone or times the step.</summary>
    /// <exception cref="ArgumentException">A super-scale times the step is not finite.</exception>
    public static void RequireFinite(ReadOnlySpan<Half> superScales, float step)
    {
        foreach (var scale in superScales)
        {
            if (!float.IsFinite((float)scale * step))
            {
                throw new ArgumentException($"a super-scale is {scale} and the step {step}; their product must be finite", nameof(superScales));
            }
        }
    }
}
