using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>Rounds inputs to the grid that a model gives them: <see cref="UniformInputs"/> is the definition.</summary>
internal static class InputGrid
{
    /// <summary>
    /// Writes u − 2^(bits − 1), a whole number that fits a signed byte, for each input. Of inputs that are not finite the integers are of no account.
    /// </summary>
    /// <param name="x">Inputs.</param>
    /// <param name="scale">Above 0.</param>
    /// <param name="zero">0 to 2^bits − 1.</param>
    /// <param name="bits">2 to 8.</param>
    /// <param name="destination">As many.</param>
    /// <param name="sum">The sum of the integers.</param>
    /// <returns>Whether all inputs are finite.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe bool Round(ReadOnlySpan<float> x, float scale, int zero, int bits, Span<short> destination, out int sum)
    {
        float low = -zero;
        float high = (1 << bits) - 1 - zero;
        float middle = zero - (1 << (bits - 1));
        var k = 0;
        var sums = Vector<int>.Zero;
        var differences = Vector<float>.Zero;
        fixed (float* source = x)
        fixed (short* target = destination)
        {
            for (; k + (2 * Vector<float>.Count) <= x.Length; k += 2 * Vector<float>.Count)
            {
                var (first, second) = (Vector.Load(source + k), Vector.Load(source + k + Vector<float>.Count));
                var left = Vector.ConvertToInt32Native(Steps(first, scale, low, high) + new Vector<float>(middle));
                var right = Vector.ConvertToInt32Native(Steps(second, scale, low, high) + new Vector<float>(middle));
                Vector.Narrow(left, right).Store(target + k);
                sums += left + right;

                // 0 for a number, NaN for the others.
                differences += (first - first) + (second - second);
            }
        }

        sum = Vector.Sum(sums);
        var difference = Vector.Sum(differences);
        for (; k < x.Length; k++)
        {
            destination[k] = (short)(Math.Min(Math.Max(MathF.Round(x[k] / scale), low), high) + middle);
            sum += destination[k];
            difference += x[k] - x[k];
        }

        return difference == 0;
    }

    /// <summary>
    /// Writes u − zero, a whole number, for each input: clamp(round(x / scale), −zero, 2^bits − 1 − zero); halves are rounded to even. An input must be finite.
    /// </summary>
    /// <param name="x">Inputs.</param>
    /// <param name="scale">Above 0.</param>
    /// <param name="zero">0 to 2^bits − 1.</param>
    /// <param name="bits">2 to 8.</param>
    /// <param name="destination">As many.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Round(ReadOnlySpan<float> x, float scale, int zero, int bits, Span<float> destination)
    {
        float low = -zero;
        float high = (1 << bits) - 1 - zero;
        var k = 0;
        for (; k + Vector<float>.Count <= x.Length; k += Vector<float>.Count)
        {
            Steps(new Vector<float>(x[k..]), scale, low, high).CopyTo(destination[k..]);
        }

        for (; k < x.Length; k++)
        {
            destination[k] = Math.Min(Math.Max(MathF.Round(x[k] / scale), low), high);
        }
    }

    /// <summary>Rounds an input row: x becomes scale·(u − zero), by the grid of its channel. A row with a NaN or an infinity is copied.</summary>
    /// <param name="grid">The grid of all columns, or of each channel; a channel has neighbouring columns.</param>
    /// <param name="x">[columns].</param>
    /// <param name="destination">[columns].</param>
    public static void Apply(UniformInputs grid, ReadOnlySpan<float> x, Span<float> destination)
    {
        _ = InputRange.Shift(x, 0, out var hasNonFinite);
        if (hasNonFinite)
        {
            x.CopyTo(destination);
            return;
        }

        var width = x.Length / grid.Channels;
        for (var channel = 0; channel < grid.Channels; channel++)
        {
            var scale = grid.Scales.Span[channel];
            var part = destination.Slice(channel * width, width);
            Round(x.Slice(channel * width, width), scale, grid.ZeroPoints.Span[channel], grid.Bits, part);
            TensorPrimitives.Multiply(part, scale, part);
        }
    }

    // No quotient is NaN where the inputs are finite, so minimum and maximum need not ask.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Steps(Vector<float> x, float scale, float low, float high) =>
        Vector.MinNative(Vector.MaxNative(Vector.Round(x / new Vector<float>(scale)), new Vector<float>(low)), new Vector<float>(high));
}
