using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.Numerics;

/// <summary>
/// The power of two that brings a matrix to a fixed range, so that a matrix and the same matrix times 2^k get the same codes and scales.
/// The largest magnitude comes to [2^14, 2^15): half precision then holds scales down to 2^-28 of it in full precision, and 2^-38 at all.
/// Below 2^-135 the format's smallest exponent brings it lower: every such float is then a whole number, and half precision has room enough.
/// </summary>
internal readonly struct Normalization
{
    private const int TopExponent = 14;

    // 2^-e as a product of two floats: one alone would overflow for a matrix of subnormals.
    private readonly float first;
    private readonly float second;

    private Normalization(int scaleExponent)
    {
        ScaleExponent = scaleExponent;
        var half = scaleExponent / 2;
        first = MathF.ScaleB(1, -half);
        second = MathF.ScaleB(1, half - scaleExponent);
    }

    /// <summary>e: a normalized weight times 2^e is the weight.</summary>
    public int ScaleExponent { get; }

    /// <summary>Largest normalized value whose weight is still a float, with room for the rounding of sums.</summary>
    public double LargestLevel => Math.ScaleB((double)float.MaxValue, -ScaleExponent) * (1 - 1e-6);

    /// <summary>Finds the range of a matrix.</summary>
    /// <exception cref="NonFiniteWeightException">A weight is NaN or infinite.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Normalization Of(ReadOnlySpan<float> weights, string tensor)
    {
        const uint Infinity = 0x7F800000;

        // Magnitudes of floats order as their bits do, and NaN lies above infinity.
        const uint Magnitude = 0x7FFFFFFF;
        var bits = MemoryMarshal.Cast<float, uint>(weights);
        var maxima = Vector512<uint>.Zero;
        var k = 0;
        for (; k + Vector512<uint>.Count <= bits.Length; k += Vector512<uint>.Count)
        {
            maxima = Vector512.Max(maxima, Vector512.Create(bits[k..]) & Vector512.Create(Magnitude));
        }

        var largest = 0u;
        for (var i = 0; i < Vector512<uint>.Count; i++)
        {
            largest = Math.Max(largest, maxima[i]);
        }

        for (; k < bits.Length; k++)
        {
            largest = Math.Max(largest, bits[k] & Magnitude);
        }

        if (largest >= Infinity)
        {
            var index = 0;
            while (float.IsFinite(weights[index]))
            {
                index++;
            }

            throw new NonFiniteWeightException(tensor, index, weights[index]);
        }

        return new Normalization(largest == 0
            ? 0
            : Math.Max(Math.ILogB(BitConverter.UInt32BitsToSingle(largest)) - TopExponent, PlanesSpec.MinScaleExponent));
    }

    /// <summary>The weight in the fixed range, sign kept.</summary>
    public float Apply(float weight) => weight * first * second;

    /// <summary>The factors of <see cref="Apply"/>, to be multiplied one after the other.</summary>
    public (float First, float Second) Factors => (first, second);
}
