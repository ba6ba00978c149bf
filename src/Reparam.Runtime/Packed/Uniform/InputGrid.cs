using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>Rounds inputs to the grid that a model gives them: <see cref="UniformInputs"/> is the definition.</summary>
internal static class InputGrid
{
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
            var steps = Vector.Round(new Vector<float>(x[k..]) / new Vector<float>(scale));
            Vector.Min(Vector.Max(steps, new Vector<float>(low)), new Vector<float>(high)).CopyTo(destination[k..]);
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
}
