using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reparam.Runtime.Packed;

/// <summary>Signs of eight neighbouring columns, a bit each, as lanes of a vector.</summary>
internal static class SignLanes
{
    /// <summary>All bits set in the lanes whose sign bit is set.</summary>
    /// <param name="signs">The lowest eight bits count.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Mask(uint signs)
    {
        var bits = Vector256.Create(1, 2, 4, 8, 16, 32, 64, 128);
        return Vector256.Equals(Vector256.Create((int)signs) & bits, bits);
    }

    /// <summary>Multiplies by 2^exponent; the same as <see cref="MathF.ScaleB"/> element by element.</summary>
    /// <param name="values">In and out.</param>
    /// <param name="exponent">The power of two.</param>
    public static void ScaleB(Span<float> values, int exponent)
    {
        if (exponent is >= -126 and <= 127)
        {
            // One multiplication by a normal number, which is rounded once where the product is subnormal.
            var factor = MathF.ScaleB(1, exponent);
            System.Numerics.Tensors.TensorPrimitives.Multiply(values, factor, values);
            return;
        }

        foreach (ref var value in values)
        {
            value = MathF.ScaleB(value, exponent);
        }
    }
}
