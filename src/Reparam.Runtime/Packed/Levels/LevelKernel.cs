using System.Runtime.CompilerServices;
using Reparam.Runtime.Packed.Uniform;

namespace Reparam.Runtime.Packed.Levels;

/// <summary>
/// Products of levels in words with inputs in words, two columns at a time: sums of a segment are whole numbers in double words, scaled at its end. So no
/// result depends on the width of vectors, nor on how many input rows are multiplied together.
/// </summary>
internal static unsafe class LevelKernel<T>
    where T : unmanaged, IIntegerLanes<T>
{
    /// <summary>One input row: totals[0, ·] += scales · input's scale · Σ levels · x.</summary>
    /// <param name="segment">The tiles, the inputs and their scales.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply1(in LevelSegment segment)
    {
        short* first = segment.First, second = segment.Second;
        var stride = segment.PairStride;
        var x = segment.Inputs;
        var (a0, b0) = (T.Zero, T.Zero);
        for (var pairs = segment.Pairs; pairs > 0; pairs--)
        {
            Add(ref a0, ref b0, T.Load(first), T.Load(second), x);
            Advance(ref first, ref second, stride);
            x++;
        }

        Scale(in segment, 0, a0, b0);
    }

    /// <summary>Two input rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply2(in LevelSegment segment)
    {
        short* first = segment.First, second = segment.Second;
        var stride = segment.PairStride;
        var x = segment.Inputs;
        var (a0, b0, a1, b1) = (T.Zero, T.Zero, T.Zero, T.Zero);
        for (var pairs = segment.Pairs; pairs > 0; pairs--)
        {
            Add2(ref a0, ref b0, ref a1, ref b1, T.Load(first), T.Load(second), x);
            Advance(ref first, ref second, stride);
            x += 2;
        }

        Scale(in segment, 0, a0, b0);
        Scale(in segment, 1, a1, b1);
    }

    /// <summary>Four input rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply4(in LevelSegment segment)
    {
        short* first = segment.First, second = segment.Second;
        var stride = segment.PairStride;
        var x = segment.Inputs;
        var (a0, b0, a1, b1) = (T.Zero, T.Zero, T.Zero, T.Zero);
        var (a2, b2, a3, b3) = (T.Zero, T.Zero, T.Zero, T.Zero);
        for (var pairs = segment.Pairs; pairs > 0; pairs--)
        {
            var (f, g) = (T.Load(first), T.Load(second));
            Add2(ref a0, ref b0, ref a1, ref b1, f, g, x);
            Add2(ref a2, ref b2, ref a3, ref b3, f, g, x + 2);
            Advance(ref first, ref second, stride);
            x += 4;
        }

        Scale(in segment, 0, a0, b0);
        Scale(in segment, 1, a1, b1);
        Scale(in segment, 2, a2, b2);
        Scale(in segment, 3, a3, b3);
    }

    /// <summary>Eight input rows: for processors with 32 registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply8(in LevelSegment segment)
    {
        short* first = segment.First, second = segment.Second;
        var stride = segment.PairStride;
        var x = segment.Inputs;
        var (a0, b0, a1, b1) = (T.Zero, T.Zero, T.Zero, T.Zero);
        var (a2, b2, a3, b3) = (T.Zero, T.Zero, T.Zero, T.Zero);
        var (a4, b4, a5, b5) = (T.Zero, T.Zero, T.Zero, T.Zero);
        var (a6, b6, a7, b7) = (T.Zero, T.Zero, T.Zero, T.Zero);
        for (var pairs = segment.Pairs; pairs > 0; pairs--)
        {
            var (f, g) = (T.Load(first), T.Load(second));
            Add2(ref a0, ref b0, ref a1, ref b1, f, g, x);
            Add2(ref a2, ref b2, ref a3, ref b3, f, g, x + 2);
            Add2(ref a4, ref b4, ref a5, ref b5, f, g, x + 4);
            Add2(ref a6, ref b6, ref a7, ref b7, f, g, x + 6);
            Advance(ref first, ref second, stride);
            x += 8;
        }

        Scale(in segment, 0, a0, b0);
        Scale(in segment, 1, a1, b1);
        Scale(in segment, 2, a2, b2);
        Scale(in segment, 3, a3, b3);
        Scale(in segment, 4, a4, b4);
        Scale(in segment, 5, a5, b5);
        Scale(in segment, 6, a6, b6);
        Scale(in segment, 7, a7, b7);
    }

    // To the next pair of columns.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Advance(ref short* first, ref short* second, nint stride)
    {
        first += stride;
        second += stride;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref T a, ref T b, T first, T second, int* x)
    {
        var input = T.Broadcast(x);
        a = T.AddInts(a, T.MultiplyWords(first, input));
        b = T.AddInts(b, T.MultiplyWords(second, input));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add2(ref T a0, ref T b0, ref T a1, ref T b1, T first, T second, int* x)
    {
        Add(ref a0, ref b0, first, second, x);
        Add(ref a1, ref b1, first, second, x + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scale(in LevelSegment segment, int input, T a, T b)
    {
        var factor = segment.InputScales[input * segment.ScaleStride];
        var totals = segment.Totals + (input * LevelSegment.TotalStride);
        T.AddScaled(a, segment.FirstScales, factor, totals);
        T.AddScaled(b, segment.SecondScales, factor, totals + segment.SecondTotals);
    }
}
