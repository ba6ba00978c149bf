using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.Simd;

namespace Reparam.Runtime.Kernels;

/// <summary>
/// x·Wᵀ where both lie row by row: each element is a dot product along both rows, so that the weights, which are read once, need no packing. Some input rows
/// meet four weight rows at a time.
/// </summary>
internal static unsafe class DotTile
{
    private const int Width = 16;
    private const int WeightRows = 4;

    // With more input rows packing costs little beside the product; with shorter rows adding up the lanes costs much.
    private const int MostInputs = 192;
    private const int ShortestRow = 128;

    /// <summary>Whether a product is done faster this way than by packing.</summary>
    /// <param name="m">Input rows.</param>
    /// <param name="n">Weight rows.</param>
    /// <param name="k">Length of a row.</param>
    public static bool Suits(int m, int n, int k) =>
        m <= MostInputs && n >= WeightRows && k >= ShortestRow && Vector512.IsHardwareAccelerated && Avx512F.IsSupported;

    /// <summary>y = x·Wᵀ.</summary>
    /// <param name="m">Input rows.</param>
    /// <param name="n">Weight rows, at least 4.</param>
    /// <param name="k">Length of a row.</param>
    /// <param name="x">[m, k].</param>
    /// <param name="xRow">Elements from one input row to the next.</param>
    /// <param name="w">[n, k].</param>
    /// <param name="wRow">Elements from one weight row to the next.</param>
    /// <param name="y">[m, n].</param>
    /// <param name="yRow">Elements from one row of the result to the next.</param>
    public static void Multiply(int m, int n, int k, float* x, nint xRow, float* w, nint wRow, float* y, nint yRow)
    {
        for (var row = 0; row < n; row += WeightRows)
        {
            // The last four reach back over what is already there.
            row = Math.Min(row, n - WeightRows);
            float* weights = w + (row * wRow), target = y + row;
            for (int input = 0, together; input < m; input += together)
            {
                together = Math.Min(m - input, 6);
                float* a = x + (input * xRow), c = target + (input * yRow);
                switch (together)
                {
                    case 6:
                        Multiply6(a, xRow, weights, wRow, k, c, yRow);
                        break;
                    case 4 or 5:
                        together = 4;
                        Multiply4(a, xRow, weights, wRow, k, c, yRow);
                        break;
                    case 2 or 3:
                        together = 2;
                        Multiply2(a, xRow, weights, wRow, k, c, yRow);
                        break;
                    default:
                        Multiply1(a, xRow, weights, wRow, k, c, yRow);
                        break;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply1(float* x, nint xRow, float* w, nint wRow, int k, float* y, nint yRow)
    {
        float* w1 = w + wRow, w2 = w1 + wRow, w3 = w2 + wRow;
        Vector512<float> s00 = default, s01 = default, s02 = default, s03 = default;
        var whole = k & ~(Width - 1);
        for (nint p = 0; p < whole; p += Width)
        {
            var (b0, b1, b2, b3) = (Vector512.Load(w + p), Vector512.Load(w1 + p), Vector512.Load(w2 + p), Vector512.Load(w3 + p));
            var a0 = Vector512.Load(x + p);
            s00 = Vector512.FusedMultiplyAdd(a0, b0, s00);
            s01 = Vector512.FusedMultiplyAdd(a0, b1, s01);
            s02 = Vector512.FusedMultiplyAdd(a0, b2, s02);
            s03 = Vector512.FusedMultiplyAdd(a0, b3, s03);
        }

        Store(s00, s01, s02, s03, x, w, wRow, whole, k, y);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply2(float* x, nint xRow, float* w, nint wRow, int k, float* y, nint yRow)
    {
        float* w1 = w + wRow, w2 = w1 + wRow, w3 = w2 + wRow;
        Vector512<float> s00 = default, s01 = default, s02 = default, s03 = default;
        Vector512<float> s10 = default, s11 = default, s12 = default, s13 = default;
        var whole = k & ~(Width - 1);
        for (nint p = 0; p < whole; p += Width)
        {
            var (b0, b1, b2, b3) = (Vector512.Load(w + p), Vector512.Load(w1 + p), Vector512.Load(w2 + p), Vector512.Load(w3 + p));
            var a0 = Vector512.Load(x + p);
            s00 = Vector512.FusedMultiplyAdd(a0, b0, s00);
            s01 = Vector512.FusedMultiplyAdd(a0, b1, s01);
            s02 = Vector512.FusedMultiplyAdd(a0, b2, s02);
            s03 = Vector512.FusedMultiplyAdd(a0, b3, s03);
            var a1 = Vector512.Load(x + xRow + p);
            s10 = Vector512.FusedMultiplyAdd(a1, b0, s10);
            s11 = Vector512.FusedMultiplyAdd(a1, b1, s11);
            s12 = Vector512.FusedMultiplyAdd(a1, b2, s12);
            s13 = Vector512.FusedMultiplyAdd(a1, b3, s13);
        }

        Store(s00, s01, s02, s03, x, w, wRow, whole, k, y);
        Store(s10, s11, s12, s13, x + xRow, w, wRow, whole, k, y + yRow);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply4(float* x, nint xRow, float* w, nint wRow, int k, float* y, nint yRow)
    {
        float* w1 = w + wRow, w2 = w1 + wRow, w3 = w2 + wRow;
        Vector512<float> s00 = default, s01 = default, s02 = default, s03 = default;
        Vector512<float> s10 = default, s11 = default, s12 = default, s13 = default;
        Vector512<float> s20 = default, s21 = default, s22 = default, s23 = default;
        Vector512<float> s30 = default, s31 = default, s32 = default, s33 = default;
        var whole = k & ~(Width - 1);
        for (nint p = 0; p < whole; p += Width)
        {
            var (b0, b1, b2, b3) = (Vector512.Load(w + p), Vector512.Load(w1 + p), Vector512.Load(w2 + p), Vector512.Load(w3 + p));
            var a0 = Vector512.Load(x + p);
            s00 = Vector512.FusedMultiplyAdd(a0, b0, s00);
            s01 = Vector512.FusedMultiplyAdd(a0, b1, s01);
            s02 = Vector512.FusedMultiplyAdd(a0, b2, s02);
            s03 = Vector512.FusedMultiplyAdd(a0, b3, s03);
            var a1 = Vector512.Load(x + xRow + p);
            s10 = Vector512.FusedMultiplyAdd(a1, b0, s10);
            s11 = Vector512.FusedMultiplyAdd(a1, b1, s11);
            s12 = Vector512.FusedMultiplyAdd(a1, b2, s12);
            s13 = Vector512.FusedMultiplyAdd(a1, b3, s13);
            var a2 = Vector512.Load(x + (2 * xRow) + p);
            s20 = Vector512.FusedMultiplyAdd(a2, b0, s20);
            s21 = Vector512.FusedMultiplyAdd(a2, b1, s21);
            s22 = Vector512.FusedMultiplyAdd(a2, b2, s22);
            s23 = Vector512.FusedMultiplyAdd(a2, b3, s23);
            var a3 = Vector512.Load(x + (3 * xRow) + p);
            s30 = Vector512.FusedMultiplyAdd(a3, b0, s30);
            s31 = Vector512.FusedMultiplyAdd(a3, b1, s31);
            s32 = Vector512.FusedMultiplyAdd(a3, b2, s32);
            s33 = Vector512.FusedMultiplyAdd(a3, b3, s33);
        }

        Store(s00, s01, s02, s03, x, w, wRow, whole, k, y);
        Store(s10, s11, s12, s13, x + xRow, w, wRow, whole, k, y + yRow);
        Store(s20, s21, s22, s23, x + (2 * xRow), w, wRow, whole, k, y + (2 * yRow));
        Store(s30, s31, s32, s33, x + (3 * xRow), w, wRow, whole, k, y + (3 * yRow));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply6(float* x, nint xRow, float* w, nint wRow, int k, float* y, nint yRow)
    {
        float* w1 = w + wRow, w2 = w1 + wRow, w3 = w2 + wRow;
        Vector512<float> s00 = default, s01 = default, s02 = default, s03 = default;
        Vector512<float> s10 = default, s11 = default, s12 = default, s13 = default;
        Vector512<float> s20 = default, s21 = default, s22 = default, s23 = default;
        Vector512<float> s30 = default, s31 = default, s32 = default, s33 = default;
        Vector512<float> s40 = default, s41 = default, s42 = default, s43 = default;
        Vector512<float> s50 = default, s51 = default, s52 = default, s53 = default;
        var whole = k & ~(Width - 1);
        for (nint p = 0; p < whole; p += Width)
        {
            var (b0, b1, b2, b3) = (Vector512.Load(w + p), Vector512.Load(w1 + p), Vector512.Load(w2 + p), Vector512.Load(w3 + p));
            var a0 = Vector512.Load(x + p);
            s00 = Vector512.FusedMultiplyAdd(a0, b0, s00);
            s01 = Vector512.FusedMultiplyAdd(a0, b1, s01);
            s02 = Vector512.FusedMultiplyAdd(a0, b2, s02);
            s03 = Vector512.FusedMultiplyAdd(a0, b3, s03);
            var a1 = Vector512.Load(x + xRow + p);
            s10 = Vector512.FusedMultiplyAdd(a1, b0, s10);
            s11 = Vector512.FusedMultiplyAdd(a1, b1, s11);
            s12 = Vector512.FusedMultiplyAdd(a1, b2, s12);
            s13 = Vector512.FusedMultiplyAdd(a1, b3, s13);
            var a2 = Vector512.Load(x + (2 * xRow) + p);
            s20 = Vector512.FusedMultiplyAdd(a2, b0, s20);
            s21 = Vector512.FusedMultiplyAdd(a2, b1, s21);
            s22 = Vector512.FusedMultiplyAdd(a2, b2, s22);
            s23 = Vector512.FusedMultiplyAdd(a2, b3, s23);
            var a3 = Vector512.Load(x + (3 * xRow) + p);
            s30 = Vector512.FusedMultiplyAdd(a3, b0, s30);
            s31 = Vector512.FusedMultiplyAdd(a3, b1, s31);
            s32 = Vector512.FusedMultiplyAdd(a3, b2, s32);
            s33 = Vector512.FusedMultiplyAdd(a3, b3, s33);
            var a4 = Vector512.Load(x + (4 * xRow) + p);
            s40 = Vector512.FusedMultiplyAdd(a4, b0, s40);
            s41 = Vector512.FusedMultiplyAdd(a4, b1, s41);
            s42 = Vector512.FusedMultiplyAdd(a4, b2, s42);
            s43 = Vector512.FusedMultiplyAdd(a4, b3, s43);
            var a5 = Vector512.Load(x + (5 * xRow) + p);
            s50 = Vector512.FusedMultiplyAdd(a5, b0, s50);
            s51 = Vector512.FusedMultiplyAdd(a5, b1, s51);
            s52 = Vector512.FusedMultiplyAdd(a5, b2, s52);
            s53 = Vector512.FusedMultiplyAdd(a5, b3, s53);
        }

        Store(s00, s01, s02, s03, x, w, wRow, whole, k, y);
        Store(s10, s11, s12, s13, x + xRow, w, wRow, whole, k, y + yRow);
        Store(s20, s21, s22, s23, x + (2 * xRow), w, wRow, whole, k, y + (2 * yRow));
        Store(s30, s31, s32, s33, x + (3 * xRow), w, wRow, whole, k, y + (3 * yRow));
        Store(s40, s41, s42, s43, x + (4 * xRow), w, wRow, whole, k, y + (4 * yRow));
        Store(s50, s51, s52, s53, x + (5 * xRow), w, wRow, whole, k, y + (5 * yRow));
    }

    // Four sums of lanes, and the ends of the rows that are no whole vector.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        Vector512<float> s0, Vector512<float> s1, Vector512<float> s2, Vector512<float> s3, float* x, float* w, nint wRow, int whole, int k, float* y)
    {
        var sums = PairSums(PairSums(Quarters(s0), Quarters(s1)), PairSums(Quarters(s2), Quarters(s3)));
        for (nint p = whole; p < k; p++)
        {
            sums += Vector128.Create(w[p], w[wRow + p], w[(2 * wRow) + p], w[(3 * wRow) + p]) * x[p];
        }

        sums.Store(y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Quarters(Vector512<float> x)
    {
        var half = x.GetLower() + x.GetUpper();
        return half.GetLower() + half.GetUpper();
    }

    // x0+x1, x2+x3, y0+y1, y2+y3
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> PairSums(Vector128<float> x, Vector128<float> y) => VectorParts.Even(x, y) + VectorParts.Odd(x, y);
}
