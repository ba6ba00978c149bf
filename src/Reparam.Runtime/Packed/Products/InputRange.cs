using System.Numerics.Tensors;

namespace Reparam.Runtime.Packed;

/// <summary>Brings input rows into a range of magnitudes where neither huge nor subnormal ones lose anything.</summary>
internal static class InputRange
{
    /// <summary>The power of two that gives a row's largest element an exponent.</summary>
    /// <param name="x">The row.</param>
    /// <param name="exponent">Exponent that the largest element is to have.</param>
    /// <param name="hasNonFinite">Whether an element is NaN or infinite.</param>
    /// <returns>The exponent of the power of two; null where there is none, for a row that is not finite or one of zeros.</returns>
    public static int? Shift(ReadOnlySpan<float> x, int exponent, out bool hasNonFinite)
    {
        var largest = MathF.Abs(TensorPrimitives.MaxMagnitude(x));
        hasNonFinite = !float.IsFinite(largest);
        return hasNonFinite || largest == 0 ? null : exponent - MathF.ILogB(largest);
    }

    /// <summary>Multiplies a row by 2^shift.</summary>
    public static void Scale(ReadOnlySpan<float> x, int shift, Span<float> destination)
    {
        // Two factors, because 2^shift itself may not be a float.
        var first = Math.Clamp(shift, -126, 126);
        TensorPrimitives.Multiply(x, MathF.ScaleB(1, first), destination);
        if (first != shift)
        {
            TensorPrimitives.Multiply(destination[..x.Length], MathF.ScaleB(1, shift - first), destination[..x.Length]);
        }
    }
}
