using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Reparam.Compression.Numerics;

/// <summary>Operations on vectors of doubles. The order of every sum is fixed, so the bits are the same on every machine.</summary>
internal static class DoubleVectors
{
    /// <summary>Σ left·right.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Dot(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        var lanes = Vector512<double>.Zero;
        var k = 0;
        for (; k + Vector512<double>.Count <= left.Length; k += Vector512<double>.Count)
        {
            lanes += Vector512.Create(left[k..]) * Vector512.Create(right[k..]);
        }

        var sum = Sum(lanes);
        for (; k < left.Length; k++)
        {
            sum += left[k] * right[k];
        }

        return sum;
    }

    /// <summary>Σ left², Σ right² and Σ left·right in one pass.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (double Left, double Right, double Both) Dots(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        ref var x = ref MemoryMarshal.GetReference(left);
        ref var y = ref MemoryMarshal.GetReference(right);
        var (xx, yy, xy) = (Vector512<double>.Zero, Vector512<double>.Zero, Vector512<double>.Zero);
        nuint k = 0;
        for (; k + (nuint)Vector512<double>.Count <= (nuint)left.Length; k += (nuint)Vector512<double>.Count)
        {
            var (l, r) = (Vector512.LoadUnsafe(ref x, k), Vector512.LoadUnsafe(ref y, k));
            xx += l * l;
            yy += r * r;
            xy += l * r;
        }

        var (leftSum, rightSum, both) = (Sum(xx), Sum(yy), Sum(xy));
        for (; k < (nuint)left.Length; k++)
        {
            leftSum += left[(int)k] * left[(int)k];
            rightSum += right[(int)k] * right[(int)k];
            both += left[(int)k] * right[(int)k];
        }

        return (leftSum, rightSum, both);
    }

    /// <summary>accumulator += factor·values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(Span<double> accumulator, double factor, ReadOnlySpan<double> values)
    {
        ref var sum = ref MemoryMarshal.GetReference(accumulator);
        ref var value = ref MemoryMarshal.GetReference(values);
        var scale = Vector512.Create(factor);
        nuint k = 0;
        for (; k + (nuint)Vector512<double>.Count <= (nuint)accumulator.Length; k += (nuint)Vector512<double>.Count)
        {
            (Vector512.LoadUnsafe(ref sum, k) + scale * Vector512.LoadUnsafe(ref value, k)).StoreUnsafe(ref sum, k);
        }

        for (; k < (nuint)accumulator.Length; k++)
        {
            accumulator[(int)k] += factor * values[(int)k];
        }
    }

    /// <summary>(left, right) := (c·left − s·right, s·left + c·right).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rotate(Span<double> left, Span<double> right, double cosine, double sine)
    {
        ref var x = ref MemoryMarshal.GetReference(left);
        ref var y = ref MemoryMarshal.GetReference(right);
        var (c, s) = (Vector512.Create(cosine), Vector512.Create(sine));
        nuint k = 0;
        for (; k + (nuint)Vector512<double>.Count <= (nuint)left.Length; k += (nuint)Vector512<double>.Count)
        {
            var (l, r) = (Vector512.LoadUnsafe(ref x, k), Vector512.LoadUnsafe(ref y, k));
            (c * l - s * r).StoreUnsafe(ref x, k);
            (s * l + c * r).StoreUnsafe(ref y, k);
        }

        for (; k < (nuint)left.Length; k++)
        {
            (left[(int)k], right[(int)k]) = (cosine * left[(int)k] - sine * right[(int)k], sine * left[(int)k] + cosine * right[(int)k]);
        }
    }

    /// <summary>√Σ x², also where the squares would leave the range of doubles.</summary>
    public static double Norm(ReadOnlySpan<double> values)
    {
        var largest = 0.0;
        foreach (var value in values)
        {
            largest = Math.Max(largest, Math.Abs(value));
        }

        if (largest == 0)
        {
            return 0;
        }

        var exponent = Math.ILogB(largest);
        var sum = 0.0;
        foreach (var value in values)
        {
            var scaled = Math.ScaleB(value, -exponent);
            sum += scaled * scaled;
        }

        return Math.ScaleB(Math.Sqrt(sum), exponent);
    }

    private static double Sum(Vector512<double> lanes)
    {
        var four = lanes.GetLower() + lanes.GetUpper();
        return four[0] + four[1] + (four[2] + four[3]);
    }
}
