using System.Runtime.CompilerServices;
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

        var four = lanes.GetLower() + lanes.GetUpper();
        var sum = four[0] + four[1] + (four[2] + four[3]);
        for (; k < left.Length; k++)
        {
            sum += left[k] * right[k];
        }

        return sum;
    }

    /// <summary>accumulator += factor·values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(Span<double> accumulator, double factor, ReadOnlySpan<double> values)
    {
        var scale = Vector512.Create(factor);
        var k = 0;
        for (; k + Vector512<double>.Count <= accumulator.Length; k += Vector512<double>.Count)
        {
            (Vector512.Create<double>(accumulator[k..]) + scale * Vector512.Create(values[k..])).CopyTo(accumulator[k..]);
        }

        for (; k < accumulator.Length; k++)
        {
            accumulator[k] += factor * values[k];
        }
    }

    /// <summary>(left, right) := (c·left − s·right, s·left + c·right).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rotate(Span<double> left, Span<double> right, double cosine, double sine)
    {
        var (c, s) = (Vector512.Create(cosine), Vector512.Create(sine));
        var k = 0;
        for (; k + Vector512<double>.Count <= left.Length; k += Vector512<double>.Count)
        {
            var (x, y) = (Vector512.Create<double>(left[k..]), Vector512.Create<double>(right[k..]));
            (c * x - s * y).CopyTo(left[k..]);
            (s * x + c * y).CopyTo(right[k..]);
        }

        for (; k < left.Length; k++)
        {
            (left[k], right[k]) = (cosine * left[k] - sine * right[k], sine * left[k] + cosine * right[k]);
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
}
