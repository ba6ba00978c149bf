using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Two tiles of <see cref="ColumnTiles"/> times 1, 2, 4 or 8 input rows, on AVX-512. Every sum of a row and an input is one chain in the order of the columns,
/// so that no result depends on how many input rows are multiplied together.
/// </summary>
internal static unsafe class ColumnTileKernel
{
    /// <summary>Input rows that are multiplied together, at most.</summary>
    public const int Most = 8;

    private const int Rows = ColumnTiles.Rows;

    /// <summary>totals[i, r] += Σ_k tile[k, r]·x[k, i].</summary>
    /// <param name="inputs">Input rows: 1, 2, 4 or 8.</param>
    /// <param name="first">A tile, [columns][16 rows].</param>
    /// <param name="second">Another one.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="x">[columns][inputs].</param>
    /// <param name="totals">[inputs]: those of the first tile and, behind them, those of the second.</param>
    /// <param name="stride">Floats from the totals of an input row to those of the next.</param>
    public static void Add(int inputs, float* first, float* second, nint columns, float* x, float* totals, nint stride)
    {
        switch (inputs)
        {
            case 8:
                Add8(first, second, columns, x, totals, stride);
                break;
            case 4:
                Add4(first, second, columns, x, totals, stride);
                break;
            case 2:
                Add2(first, second, columns, x, totals, stride);
                break;
            default:
                Add1(first, second, columns, x, totals);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add8(float* first, float* second, nint columns, float* x, float* totals, nint stride)
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default, a6 = default, a7 = default;
        Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default, b6 = default, b7 = default;
        for (; columns > 0; columns--, first += Rows, second += Rows, x += 8)
        {
            var (f, s) = (Vector512.Load(first), Vector512.Load(second));
            Step(f, s, x, ref a0, ref b0);
            Step(f, s, x + 1, ref a1, ref b1);
            Step(f, s, x + 2, ref a2, ref b2);
            Step(f, s, x + 3, ref a3, ref b3);
            Step(f, s, x + 4, ref a4, ref b4);
            Step(f, s, x + 5, ref a5, ref b5);
            Step(f, s, x + 6, ref a6, ref b6);
            Step(f, s, x + 7, ref a7, ref b7);
        }

        Store(a0, b0, totals);
        Store(a1, b1, totals + stride);
        Store(a2, b2, totals + (2 * stride));
        Store(a3, b3, totals + (3 * stride));
        Store(a4, b4, totals + (4 * stride));
        Store(a5, b5, totals + (5 * stride));
        Store(a6, b6, totals + (6 * stride));
        Store(a7, b7, totals + (7 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add4(float* first, float* second, nint columns, float* x, float* totals, nint stride)
    {
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default;
        Vector512<float> b0 = default, b1 = default, b2 = default, b3 = default;
        for (; columns > 0; columns--, first += Rows, second += Rows, x += 4)
        {
            var (f, s) = (Vector512.Load(first), Vector512.Load(second));
            Step(f, s, x, ref a0, ref b0);
            Step(f, s, x + 1, ref a1, ref b1);
            Step(f, s, x + 2, ref a2, ref b2);
            Step(f, s, x + 3, ref a3, ref b3);
        }

        Store(a0, b0, totals);
        Store(a1, b1, totals + stride);
        Store(a2, b2, totals + (2 * stride));
        Store(a3, b3, totals + (3 * stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add2(float* first, float* second, nint columns, float* x, float* totals, nint stride)
    {
        Vector512<float> a0 = default, a1 = default, b0 = default, b1 = default;
        for (; columns > 0; columns--, first += Rows, second += Rows, x += 2)
        {
            var (f, s) = (Vector512.Load(first), Vector512.Load(second));
            Step(f, s, x, ref a0, ref b0);
            Step(f, s, x + 1, ref a1, ref b1);
        }

        Store(a0, b0, totals);
        Store(a1, b1, totals + stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add1(float* first, float* second, nint columns, float* x, float* totals)
    {
        Vector512<float> a0 = default, b0 = default;
        for (; columns > 0; columns--, first += Rows, second += Rows, x++)
        {
            Step(Vector512.Load(first), Vector512.Load(second), x, ref a0, ref b0);
        }

        Store(a0, b0, totals);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(Vector512<float> first, Vector512<float> second, float* x, ref Vector512<float> a, ref Vector512<float> b)
    {
        var input = Vector512.Create(*x);
        a = Vector512.FusedMultiplyAdd(first, input, a);
        b = Vector512.FusedMultiplyAdd(second, input, b);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector512<float> a, Vector512<float> b, float* totals)
    {
        (Vector512.Load(totals) + a).Store(totals);
        (Vector512.Load(totals + Rows) + b).Store(totals + Rows);
    }
}
