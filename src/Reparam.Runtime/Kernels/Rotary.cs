using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reparam.Runtime.Simd;

namespace Reparam.Runtime.Kernels;

/// <summary>Rotary positions: pairs of a head's features are turned by their token's angles.</summary>
internal static unsafe class Rotary
{
    /// <param name="x">[…, length, heads·d].</param>
    /// <param name="cos">[positions, d / 2].</param>
    /// <param name="sin">As <paramref name="cos"/>.</param>
    /// <param name="position">Position of the first token.</param>
    /// <param name="halves">Whether feature j is paired with j + d/2, else with its neighbour.</param>
    public static Tensor Run(Tensor x, Tensor cos, Tensor sin, long position, bool halves)
    {
        Check(x, cos, sin, position);
        x = x.AsContiguous();
        cos = cos.AsContiguous();
        sin = sin.AsContiguous();
        var result = Tensor.Allocate(DType.Float32, x.Shape);
        var (length, width, pairs) = ((int)x.Shape[^2], (int)x.Shape[^1], (int)cos.Shape[1]);
        var rows = width == 0 ? 0 : result.Count / width;
        fixed (float* source = x.Storage.Floats, target = result.Storage.Floats, cosines = cos.Storage.Floats, sines = sin.Storage.Floats)
        {
            for (var row = 0; row < rows; row++)
            {
                var angle = (nint)(position + row % length) * pairs;
                var c = cosines + cos.Offset + angle;
                var s = sines + sin.Offset + angle;
                for (var start = (nint)row * width; start < ((nint)row + 1) * width; start += 2 * pairs)
                {
                    if (halves)
                    {
                        TurnHalves(source + x.Offset + start, c, s, pairs, target + start);
                    }
                    else
                    {
                        TurnNeighbours(source + x.Offset + start, c, s, pairs, target + start);
                    }
                }
            }
        }

        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TurnNeighbours(float* x, float* cos, float* sin, int pairs, float* y)
    {
        var i = 0;
        for (; i + Vector128<float>.Count <= pairs; i += Vector128<float>.Count)
        {
            var (low, high) = (Vector128.Load(x + 2 * i), Vector128.Load(x + 2 * i + Vector128<float>.Count));
            var (c, s) = (Vector128.Load(cos + i), Vector128.Load(sin + i));
            var (even, odd) = (VectorParts.Even(low, high), VectorParts.Odd(low, high));
            var (turnedEven, turnedOdd) = (even * c - odd * s, even * s + odd * c);
            VectorParts.InterleaveLow(turnedEven, turnedOdd).Store(y + 2 * i);
            VectorParts.InterleaveHigh(turnedEven, turnedOdd).Store(y + 2 * i + Vector128<float>.Count);
        }

        for (; i < pairs; i++)
        {
            var (even, odd) = (x[2 * i], x[2 * i + 1]);
            y[2 * i] = even * cos[i] - odd * sin[i];
            y[2 * i + 1] = even * sin[i] + odd * cos[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void TurnHalves(float* x, float* cos, float* sin, int pairs, float* y)
    {
        var i = 0;
        for (; i + Vector128<float>.Count <= pairs; i += Vector128<float>.Count)
        {
            var (first, second) = (Vector128.Load(x + i), Vector128.Load(x + pairs + i));
            var (c, s) = (Vector128.Load(cos + i), Vector128.Load(sin + i));
            (first * c - second * s).Store(y + i);
            (first * s + second * c).Store(y + pairs + i);
        }

        for (; i < pairs; i++)
        {
            var (first, second) = (x[i], x[pairs + i]);
            y[i] = first * cos[i] - second * sin[i];
            y[pairs + i] = first * sin[i] + second * cos[i];
        }
    }

    private static void Check(Tensor x, Tensor cos, Tensor sin, long position)
    {
        if (x.Dtype != DType.Float32 || cos.Dtype != DType.Float32 || sin.Dtype != DType.Float32)
        {
            throw new InvalidOperationException("Rotary positions need Float32 tensors.");
        }

        if (x.Rank < 2 || cos.Rank != 2 || cos.Shape[1] == 0 || !cos.Shape.SequenceEqual(sin.Shape) || x.Shape[^1] % (2 * cos.Shape[1]) != 0)
        {
            throw new ArgumentException(
                $"Rotary positions: x {Layout.Describe(x.Shape)} must be rows of whole heads, each twice as long as a row of " +
                $"the cosines {Layout.Describe(cos.Shape)} and sines {Layout.Describe(sin.Shape)}.");
        }

        if (position < 0 || position + x.Shape[^2] > cos.Shape[0])
        {
            throw new ArgumentOutOfRangeException(
                nameof(position), position, $"Rotary positions: {x.Shape[^2]} tokens at position {position} exceed the {cos.Shape[0]} positions of the table.");
        }
    }
}
