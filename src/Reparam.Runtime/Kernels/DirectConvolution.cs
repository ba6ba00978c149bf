using System.Numerics;
using System.Runtime.CompilerServices;

namespace Reparam.Runtime.Kernels;

/// <summary>
/// A convolution with few outputs, depthwise ones above all, summed from the planes: four vectors of positions at a time, wherever they lie, and two
/// outputs, so that each input is loaded once for both.
/// </summary>
internal static unsafe class DirectConvolution
{
    private const int Vectors = 4;

    /// <summary>Computes some output rows of one group.</summary>
    /// <param name="shape">Sizes.</param>
    /// <param name="layout">Layout of the planes; not in place, because a vector may reach behind a row.</param>
    /// <param name="planes">The group's planes.</param>
    /// <param name="offsets">[depth].</param>
    /// <param name="weights">[outputs / groups, depth].</param>
    /// <param name="bias">[outputs / groups], or null.</param>
    /// <param name="output">[outputs / groups, positions].</param>
    /// <param name="firstRow">First output row.</param>
    /// <param name="endRow">Output row after the last.</param>
    public static void Run(
        in ConvolutionShape shape, in PaddedPlanes layout, float* planes, int* offsets, float* weights, float* bias, float* output, int firstRow, int endRow)
    {
        var lanes = Vector<float>.Count;
        var vectorsOfRow = (shape.OutWidth + lanes - 1) / lanes;
        var sources = stackalloc float*[Vectors];
        var targets = stackalloc nint[Vectors];
        var counts = stackalloc int[Vectors];
        var sums = stackalloc float[2 * Vectors * lanes];
        var total = (endRow - firstRow) * vectorsOfRow;
        for (var first = 0; first < total; first += Vectors)
        {
            for (var i = 0; i < Vectors; i++)
            {
                // The last vector of a row reaches back over the one before it; those behind the last row are the last one again.
                var (row, vector) = Math.DivRem(Math.Min(first + i, total - 1), vectorsOfRow);
                var x = Math.Max(0, Math.Min(vector * lanes, shape.OutWidth - lanes));
                sources[i] = planes + layout.Row(firstRow + row) + x;
                targets[i] = ((nint)(firstRow + row) * shape.OutWidth) + x;
                counts[i] = Math.Min(lanes, shape.OutWidth);
            }

            for (var o = 0; o < shape.OutputsPerGroup; o += 2)
            {
                var matrix = weights + ((nint)o * shape.Depth);
                var outputs = Math.Min(2, shape.OutputsPerGroup - o);
                if (outputs == 2)
                {
                    Pair(sources, offsets, matrix, shape.Depth, sums);
                }
                else
                {
                    One(sources, offsets, matrix, shape.Depth, sums);
                }

                for (var i = 0; i < outputs * Vectors; i++)
                {
                    var (second, vector) = Math.DivRem(i, Vectors);
                    var shift = bias == null ? 0 : bias[o + second];
                    Store(
                        Vector.Load(sums + (i * lanes)) + new Vector<float>(shift), output + ((nint)(o + second) * shape.Positions) + targets[vector],
                        counts[vector]);
                }
            }
        }
    }

    /// <summary>[2 outputs, 4 vectors] sums of the weights [2, depth] and what lies at the offsets from each source.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void Pair(float** sources, int* offsets, float* weights, int depth, float* sums)
    {
        float* first = sources[0], second = sources[1], third = sources[2], fourth = sources[3];
        Vector<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        for (var i = 0; i < depth; i++)
        {
            var offset = (nint)offsets[i];
            var a = new Vector<float>(weights[i]);
            var b = new Vector<float>(weights[depth + i]);
            var input = Vector.Load(first + offset);
            a0 = Vector.MultiplyAddEstimate(a, input, a0);
            b0 = Vector.MultiplyAddEstimate(b, input, b0);
            input = Vector.Load(second + offset);
            a1 = Vector.MultiplyAddEstimate(a, input, a1);
            b1 = Vector.MultiplyAddEstimate(b, input, b1);
            input = Vector.Load(third + offset);
            a2 = Vector.MultiplyAddEstimate(a, input, a2);
            b2 = Vector.MultiplyAddEstimate(b, input, b2);
            input = Vector.Load(fourth + offset);
            a3 = Vector.MultiplyAddEstimate(a, input, a3);
            b3 = Vector.MultiplyAddEstimate(b, input, b3);
        }

        Store(a0, a1, a2, a3, sums);
        Store(b0, b1, b2, b3, sums + (Vectors * Vector<float>.Count));
    }

    /// <summary>The same for one output.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void One(float** sources, int* offsets, float* weights, int depth, float* sums)
    {
        float* first = sources[0], second = sources[1], third = sources[2], fourth = sources[3];
        Vector<float> a0 = default, a1 = default, a2 = default, a3 = default;
        for (var i = 0; i < depth; i++)
        {
            var offset = (nint)offsets[i];
            var a = new Vector<float>(weights[i]);
            a0 = Vector.MultiplyAddEstimate(a, Vector.Load(first + offset), a0);
            a1 = Vector.MultiplyAddEstimate(a, Vector.Load(second + offset), a1);
            a2 = Vector.MultiplyAddEstimate(a, Vector.Load(third + offset), a2);
            a3 = Vector.MultiplyAddEstimate(a, Vector.Load(fourth + offset), a3);
        }

        Store(a0, a1, a2, a3, sums);
    }

    private static void Store(Vector<float> first, Vector<float> second, Vector<float> third, Vector<float> fourth, float* sums)
    {
        var lanes = Vector<float>.Count;
        first.Store(sums);
        second.Store(sums + lanes);
        third.Store(sums + (2 * lanes));
        fourth.Store(sums + (3 * lanes));
    }

    private static void Store(Vector<float> sums, float* output, int count)
    {
        if (count == Vector<float>.Count)
        {
            sums.Store(output);
            return;
        }

        for (var lane = 0; lane < count; lane++)
        {
            output[lane] = sums[lane];
        }
    }
}
