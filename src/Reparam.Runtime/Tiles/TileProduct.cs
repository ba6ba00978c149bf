using System.Runtime.CompilerServices;
using Reparam.Runtime.Simd;

namespace Reparam.Runtime.Tiles;

/// <summary>
/// Products of a tile of weights with input rows. Every sum of a row and an input has lanes of its own and takes the columns in order, so that no result
/// depends on the shape of the loops.
/// </summary>
internal static unsafe class TileProduct<T>
    where T : unmanaged, ILanes<T>
{
    private const int Stride = RowDecoder.TileColumns;

    /// <summary>sums[i, r] += units[r] · (tile[r, ·] · x[i, ·]), lane by lane.</summary>
    /// <param name="tile">[8, 256].</param>
    /// <param name="units">[8].</param>
    /// <param name="x">First column of the tile in the first input row; zeros behind the last column.</param>
    /// <param name="inputStride">From one input row to the next.</param>
    /// <param name="inputs">Number of input rows.</param>
    /// <param name="columns">Columns; the kernel takes them by whole vectors.</param>
    /// <param name="sums">[inputs, 8, lanes].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void Add(float* tile, float* units, float* x, nint inputStride, int inputs, int columns, float* sums)
    {
        var block = RowDecoder.TileRows * T.Count;
        var i = 0;
        for (; i + 2 <= inputs; i += 2, x += 2 * inputStride, sums += 2 * block)
        {
            AddPair(tile, units, x, x + inputStride, columns, sums, sums + block);
            AddPair(tile + (4 * Stride), units + 4, x, x + inputStride, columns, sums + (block / 2), sums + block + (block / 2));
        }

        if (i < inputs)
        {
            AddOne(tile, units, x, columns, sums);
        }
    }

    // Eight rows, one input.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddOne(float* tile, float* units, float* x, int columns, float* sums)
    {
        var s0 = T.Zero;
        var s1 = T.Zero;
        var s2 = T.Zero;
        var s3 = T.Zero;
        var s4 = T.Zero;
        var s5 = T.Zero;
        var s6 = T.Zero;
        var s7 = T.Zero;
        for (var k = 0; k < columns; k += T.Count)
        {
            var input = T.Load(x + k);
            var w = tile + k;
            s0 = T.MultiplyAdd(T.Load(w), input, s0);
            s1 = T.MultiplyAdd(T.Load(w + Stride), input, s1);
            s2 = T.MultiplyAdd(T.Load(w + (2 * Stride)), input, s2);
            s3 = T.MultiplyAdd(T.Load(w + (3 * Stride)), input, s3);
            s4 = T.MultiplyAdd(T.Load(w + (4 * Stride)), input, s4);
            s5 = T.MultiplyAdd(T.Load(w + (5 * Stride)), input, s5);
            s6 = T.MultiplyAdd(T.Load(w + (6 * Stride)), input, s6);
            s7 = T.MultiplyAdd(T.Load(w + (7 * Stride)), input, s7);
        }

        Scale(s0, units[0], sums);
        Scale(s1, units[1], sums + T.Count);
        Scale(s2, units[2], sums + (2 * T.Count));
        Scale(s3, units[3], sums + (3 * T.Count));
        Scale(s4, units[4], sums + (4 * T.Count));
        Scale(s5, units[5], sums + (5 * T.Count));
        Scale(s6, units[6], sums + (6 * T.Count));
        Scale(s7, units[7], sums + (7 * T.Count));
    }

    // Four rows, two inputs: a loaded weight serves both.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddPair(float* tile, float* units, float* x, float* y, int columns, float* sumsOfX, float* sumsOfY)
    {
        var x0 = T.Zero;
        var x1 = T.Zero;
        var x2 = T.Zero;
        var x3 = T.Zero;
        var y0 = T.Zero;
        var y1 = T.Zero;
        var y2 = T.Zero;
        var y3 = T.Zero;
        for (var k = 0; k < columns; k += T.Count)
        {
            var first = T.Load(x + k);
            var second = T.Load(y + k);
            var w = tile + k;
            var weight = T.Load(w);
            x0 = T.MultiplyAdd(weight, first, x0);
            y0 = T.MultiplyAdd(weight, second, y0);
            weight = T.Load(w + Stride);
            x1 = T.MultiplyAdd(weight, first, x1);
            y1 = T.MultiplyAdd(weight, second, y1);
            weight = T.Load(w + (2 * Stride));
            x2 = T.MultiplyAdd(weight, first, x2);
            y2 = T.MultiplyAdd(weight, second, y2);
            weight = T.Load(w + (3 * Stride));
            x3 = T.MultiplyAdd(weight, first, x3);
            y3 = T.MultiplyAdd(weight, second, y3);
        }

        Scale(x0, units[0], sumsOfX);
        Scale(x1, units[1], sumsOfX + T.Count);
        Scale(x2, units[2], sumsOfX + (2 * T.Count));
        Scale(x3, units[3], sumsOfX + (3 * T.Count));
        Scale(y0, units[0], sumsOfY);
        Scale(y1, units[1], sumsOfY + T.Count);
        Scale(y2, units[2], sumsOfY + (2 * T.Count));
        Scale(y3, units[3], sumsOfY + (3 * T.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scale(T sum, float unit, float* total) => T.MultiplyAdd(sum, T.Create(unit), T.Load(total)).Store(total);
}
