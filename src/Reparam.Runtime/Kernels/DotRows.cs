using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reparam.Runtime.Simd;

namespace Reparam.Runtime.Kernels;

/// <summary>Dot products of one vector with rows a stride apart: the scores of a query against its keys, or a dense matrix times a vector.</summary>
internal static unsafe class DotRows
{
    private const int RowsAtOnce = 4;

    /// <summary>result[i] = scale · Σ_k x[k]·rows[i·stride + k]. A result does not depend on how many rows there are.</summary>
    /// <param name="x">[length].</param>
    /// <param name="rows">[count, length].</param>
    /// <param name="stride">Elements from one row to the next.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="length">Length of a row.</param>
    /// <param name="scale">Multiplies each sum.</param>
    /// <param name="result">[count].</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(float* x, float* rows, nint stride, int count, int length, float scale, float* result)
    {
        var whole = length & ~(Vector256<float>.Count - 1);
        var i = 0;
        for (; i + RowsAtOnce <= count; i += RowsAtOnce)
        {
            var row0 = rows + i * stride;
            var row1 = row0 + stride;
            var row2 = row1 + stride;
            var row3 = row2 + stride;
            var (sum0, sum1, sum2, sum3) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
            for (var k = 0; k < whole; k += Vector256<float>.Count)
            {
                var value = Vector256.Load(x + k);
                sum0 = Vector256.MultiplyAddEstimate(value, Vector256.Load(row0 + k), sum0);
                sum1 = Vector256.MultiplyAddEstimate(value, Vector256.Load(row1 + k), sum1);
                sum2 = Vector256.MultiplyAddEstimate(value, Vector256.Load(row2 + k), sum2);
                sum3 = Vector256.MultiplyAddEstimate(value, Vector256.Load(row3 + k), sum3);
            }

            var sums = PairSums(PairSums(Halves(sum0), Halves(sum1)), PairSums(Halves(sum2), Halves(sum3)));
            for (var k = whole; k < length; k++)
            {
                sums += Vector128.Create(row0[k], row1[k], row2[k], row3[k]) * x[k];
            }

            (sums * scale).Store(result + i);
        }

        for (; i < count; i++)
        {
            var row = rows + i * stride;
            var lanes = Vector256<float>.Zero;
            for (var k = 0; k < whole; k += Vector256<float>.Count)
            {
                lanes = Vector256.MultiplyAddEstimate(Vector256.Load(x + k), Vector256.Load(row + k), lanes);
            }

            var pairs = PairSums(Halves(lanes), Halves(lanes));
            var sum = pairs[0] + pairs[1];
            for (var k = whole; k < length; k++)
            {
                sum += row[k] * x[k];
            }

            result[i] = sum * scale;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Halves(Vector256<float> x) => x.GetLower() + x.GetUpper();

    // x0+x1, x2+x3, y0+y1, y2+y3
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> PairSums(Vector128<float> x, Vector128<float> y) => VectorParts.Even(x, y) + VectorParts.Odd(x, y);
}
