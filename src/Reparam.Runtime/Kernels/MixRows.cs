using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reparam.Runtime.Kernels;

/// <summary>A weighted sum of rows a stride apart: what attention reads from the values.</summary>
internal static unsafe class MixRows
{
    private const int Lanes = 8;
    private const int Wide = 8 * Lanes;
    private const int RowsAtOnce = 4;

    /// <summary>result[k] = factor·(result[k] + Σ_i weights[i]·rows[i·stride + k]), where the first part of a sum overwrites the result.</summary>
    /// <param name="weights">[count].</param>
    /// <param name="rows">[count, length].</param>
    /// <param name="stride">Elements from one row to the next.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="length">Length of a row.</param>
    /// <param name="first">Whether the sum begins here.</param>
    /// <param name="factor">Multiplies the sum so far; 1 but for the last part.</param>
    /// <param name="result">[length].</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* weights, float* rows, nint stride, int count, int length, bool first, float factor, float* result)
    {
        var k = 0;
        for (; k + Wide <= length; k += Wide)
        {
            AddWide(weights, rows + k, stride, count, first, factor, result + k);
        }

        for (; k + Lanes <= length; k += Lanes)
        {
            var (sum0, sum1, sum2, sum3) =
                (first ? Vector256<float>.Zero : Vector256.Load(result + k), Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
            var row = rows + k;
            var i = 0;
            for (; i + RowsAtOnce <= count; i += RowsAtOnce, row += RowsAtOnce * stride)
            {
                sum0 = Vector256.MultiplyAddEstimate(Vector256.Create(weights[i]), Vector256.Load(row), sum0);
                sum1 = Vector256.MultiplyAddEstimate(Vector256.Create(weights[i + 1]), Vector256.Load(row + stride), sum1);
                sum2 = Vector256.MultiplyAddEstimate(Vector256.Create(weights[i + 2]), Vector256.Load(row + 2 * stride), sum2);
                sum3 = Vector256.MultiplyAddEstimate(Vector256.Create(weights[i + 3]), Vector256.Load(row + 3 * stride), sum3);
            }

            for (; i < count; i++, row += stride)
            {
                sum0 = Vector256.MultiplyAddEstimate(Vector256.Create(weights[i]), Vector256.Load(row), sum0);
            }

            ((sum0 + sum1 + (sum2 + sum3)) * factor).Store(result + k);
        }

        for (; k < length; k++)
        {
            var sum = first ? 0 : result[k];
            for (var i = 0; i < count; i++)
            {
                sum += weights[i] * rows[i * stride + k];
            }

            result[k] = sum * factor;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void AddWide(float* weights, float* row, nint stride, int count, bool first, float factor, float* result)
    {
        if (first)
        {
            new Span<float>(result, Wide).Clear();
        }

        var (sum0, sum1) = (Vector256.Load(result), Vector256.Load(result + Lanes));
        var (sum2, sum3) = (Vector256.Load(result + 2 * Lanes), Vector256.Load(result + 3 * Lanes));
        var (sum4, sum5) = (Vector256.Load(result + 4 * Lanes), Vector256.Load(result + 5 * Lanes));
        var (sum6, sum7) = (Vector256.Load(result + 6 * Lanes), Vector256.Load(result + 7 * Lanes));
        for (var i = 0; i < count; i++, row += stride)
        {
            var weight = Vector256.Create(weights[i]);
            sum0 = Vector256.MultiplyAddEstimate(weight, Vector256.Load(row), sum0);
            sum1 = Vector256.MultiplyAddEstimate(weight, Vector256.Load(row + Lanes), sum1);
            sum2 = Vector256.MultiplyAddEstimate(weight, Vector256.Load(row + 2 * Lanes), sum2);
            sum3 = Vector256.MultiplyAddEstimate(weight, Vector256.Load(row + 3 * Lanes), sum3);
            sum4 = Vector256.MultiplyAddEstimate(weight, Vector256.Load(row + 4 * Lanes), sum4);
            sum5 = Vector256.MultiplyAddEstimate(weight, Vector256.Load(row + 5 * Lanes), sum5);
            sum6 = Vector256.MultiplyAddEstimate(weight, Vector256.Load(row + 6 * Lanes), sum6);
            sum7 = Vector256.MultiplyAddEstimate(weight, Vector256.Load(row + 7 * Lanes), sum7);
        }

        (sum0 * factor).Store(result);
        (sum1 * factor).Store(result + Lanes);
        (sum2 * factor).Store(result + 2 * Lanes);
        (sum3 * factor).Store(result + 3 * Lanes);
        (sum4 * factor).Store(result + 4 * Lanes);
        (sum5 * factor).Store(result + 5 * Lanes);
        (sum6 * factor).Store(result + 6 * Lanes);
        (sum7 * factor).Store(result + 7 * Lanes);
    }
}
