using System.Runtime.CompilerServices;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>
/// Products of two vectors of rows with some input rows, in double words from the first product on. The sums are whole numbers: no result depends on the
/// order of the loops.
/// </summary>
/// <remarks>
/// Inputs lie as the kernel asks for them: for each four columns, in the order 0, 2, 1, 3 as bytes or 0, 1 and then 2, 3 as words,
/// the double words of all input rows of the call side by side.
/// </remarks>
internal static unsafe class DotKernel<T, TCodes, TDot>
    where T : unmanaged, IIntegerLanes<T>
    where TCodes : struct, ICodeForm
    where TDot : struct, IIntegerDot<T>
{
    /// <summary>One input row: sums[0, ·] += codes · x.</summary>
    /// <param name="first">The first vector of rows in a step of a row tile.</param>
    /// <param name="second">The second.</param>
    /// <param name="steps">Steps of eight columns.</param>
    /// <param name="x">The inputs.</param>
    /// <param name="sums">[input rows, 32]: those of the second vector behind those of the first.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply1(byte* first, byte* second, nint steps, int* x, int* sums)
    {
        var (a, b, c, d) = (T.Load(sums), T.Load(sums + T.Count), T.Zero, T.Zero);
        for (; steps > 0; steps--)
        {
            TCodes.Load<T>(first, out var f, out var g);
            TCodes.Load<T>(second, out var h, out var i);
            if (TDot.IsBytes)
            {
                Add(ref a, ref b, f, h, x);
                Add(ref c, ref d, g, i, x + 1);
                x += 2;
            }
            else
            {
                Add(ref a, ref b, T.EvenBytes(f), T.EvenBytes(h), x);
                Add(ref c, ref d, T.OddBytes(f), T.OddBytes(h), x + 1);
                Add(ref a, ref b, T.EvenBytes(g), T.EvenBytes(i), x + 2);
                Add(ref c, ref d, T.OddBytes(g), T.OddBytes(i), x + 3);
                x += 4;
            }

            first += TCodes.StepBytes;
            second += TCodes.StepBytes;
        }

        T.AddInts(a, c).Store(sums);
        T.AddInts(b, d).Store(sums + T.Count);
    }

    /// <summary>Two input rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply2(byte* first, byte* second, nint steps, int* x, int* sums)
    {
        var (a0, b0, a1, b1) = (T.Load(sums), T.Load(sums + T.Count), T.Load(sums + UniformTiles.PieceRows), T.Load(sums + UniformTiles.PieceRows + T.Count));
        for (; steps > 0; steps--)
        {
            TCodes.Load<T>(first, out var f, out var g);
            TCodes.Load<T>(second, out var h, out var i);
            if (TDot.IsBytes)
            {
                Add2(ref a0, ref b0, ref a1, ref b1, f, h, x);
                Add2(ref a0, ref b0, ref a1, ref b1, g, i, x + 2);
                x += 4;
            }
            else
            {
                Add2(ref a0, ref b0, ref a1, ref b1, T.EvenBytes(f), T.EvenBytes(h), x);
                Add2(ref a0, ref b0, ref a1, ref b1, T.OddBytes(f), T.OddBytes(h), x + 2);
                Add2(ref a0, ref b0, ref a1, ref b1, T.EvenBytes(g), T.EvenBytes(i), x + 4);
                Add2(ref a0, ref b0, ref a1, ref b1, T.OddBytes(g), T.OddBytes(i), x + 6);
                x += 8;
            }

            first += TCodes.StepBytes;
            second += TCodes.StepBytes;
        }

        a0.Store(sums);
        b0.Store(sums + T.Count);
        a1.Store(sums + UniformTiles.PieceRows);
        b1.Store(sums + UniformTiles.PieceRows + T.Count);
    }

    /// <summary>Four input rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply4(byte* first, byte* second, nint steps, int* x, int* sums)
    {
        const int Stride = UniformTiles.PieceRows;
        var (a0, a1, a2, a3) = (T.Load(sums), T.Load(sums + Stride), T.Load(sums + (2 * Stride)), T.Load(sums + (3 * Stride)));
        sums += T.Count;
        var (b0, b1, b2, b3) = (T.Load(sums), T.Load(sums + Stride), T.Load(sums + (2 * Stride)), T.Load(sums + (3 * Stride)));
        for (; steps > 0; steps--)
        {
            TCodes.Load<T>(first, out var f, out var g);
            TCodes.Load<T>(second, out var h, out var i);
            if (TDot.IsBytes)
            {
                Add2(ref a0, ref b0, ref a1, ref b1, f, h, x);
                Add2(ref a2, ref b2, ref a3, ref b3, f, h, x + 2);
                Add2(ref a0, ref b0, ref a1, ref b1, g, i, x + 4);
                Add2(ref a2, ref b2, ref a3, ref b3, g, i, x + 6);
                x += 8;
            }
            else
            {
                var (even, other) = (T.EvenBytes(f), T.EvenBytes(h));
                Add2(ref a0, ref b0, ref a1, ref b1, even, other, x);
                Add2(ref a2, ref b2, ref a3, ref b3, even, other, x + 2);
                (even, other) = (T.OddBytes(f), T.OddBytes(h));
                Add2(ref a0, ref b0, ref a1, ref b1, even, other, x + 4);
                Add2(ref a2, ref b2, ref a3, ref b3, even, other, x + 6);
                (even, other) = (T.EvenBytes(g), T.EvenBytes(i));
                Add2(ref a0, ref b0, ref a1, ref b1, even, other, x + 8);
                Add2(ref a2, ref b2, ref a3, ref b3, even, other, x + 10);
                (even, other) = (T.OddBytes(g), T.OddBytes(i));
                Add2(ref a0, ref b0, ref a1, ref b1, even, other, x + 12);
                Add2(ref a2, ref b2, ref a3, ref b3, even, other, x + 14);
                x += 16;
            }

            first += TCodes.StepBytes;
            second += TCodes.StepBytes;
        }

        b0.Store(sums);
        b1.Store(sums + Stride);
        b2.Store(sums + (2 * Stride));
        b3.Store(sums + (3 * Stride));
        sums -= T.Count;
        a0.Store(sums);
        a1.Store(sums + Stride);
        a2.Store(sums + (2 * Stride));
        a3.Store(sums + (3 * Stride));
    }

    /// <summary>Eight input rows of words: for processors with 32 registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply8(byte* first, byte* second, nint steps, int* x, int* sums)
    {
        const int Stride = UniformTiles.PieceRows;
        var (a0, a1, a2, a3) = (T.Load(sums), T.Load(sums + Stride), T.Load(sums + (2 * Stride)), T.Load(sums + (3 * Stride)));
        var (a4, a5, a6, a7) = (T.Load(sums + (4 * Stride)), T.Load(sums + (5 * Stride)), T.Load(sums + (6 * Stride)), T.Load(sums + (7 * Stride)));
        sums += T.Count;
        var (b0, b1, b2, b3) = (T.Load(sums), T.Load(sums + Stride), T.Load(sums + (2 * Stride)), T.Load(sums + (3 * Stride)));
        var (b4, b5, b6, b7) = (T.Load(sums + (4 * Stride)), T.Load(sums + (5 * Stride)), T.Load(sums + (6 * Stride)), T.Load(sums + (7 * Stride)));
        for (; steps > 0; steps--)
        {
            TCodes.Load<T>(first, out var f, out var g);
            TCodes.Load<T>(second, out var h, out var i);
            var (even, other) = (T.EvenBytes(f), T.EvenBytes(h));
            Add2(ref a0, ref b0, ref a1, ref b1, even, other, x);
            Add2(ref a2, ref b2, ref a3, ref b3, even, other, x + 2);
            Add2(ref a4, ref b4, ref a5, ref b5, even, other, x + 4);
            Add2(ref a6, ref b6, ref a7, ref b7, even, other, x + 6);
            (even, other) = (T.OddBytes(f), T.OddBytes(h));
            Add2(ref a0, ref b0, ref a1, ref b1, even, other, x + 8);
            Add2(ref a2, ref b2, ref a3, ref b3, even, other, x + 10);
            Add2(ref a4, ref b4, ref a5, ref b5, even, other, x + 12);
            Add2(ref a6, ref b6, ref a7, ref b7, even, other, x + 14);
            (even, other) = (T.EvenBytes(g), T.EvenBytes(i));
            Add2(ref a0, ref b0, ref a1, ref b1, even, other, x + 16);
            Add2(ref a2, ref b2, ref a3, ref b3, even, other, x + 18);
            Add2(ref a4, ref b4, ref a5, ref b5, even, other, x + 20);
            Add2(ref a6, ref b6, ref a7, ref b7, even, other, x + 22);
            (even, other) = (T.OddBytes(g), T.OddBytes(i));
            Add2(ref a0, ref b0, ref a1, ref b1, even, other, x + 24);
            Add2(ref a2, ref b2, ref a3, ref b3, even, other, x + 26);
            Add2(ref a4, ref b4, ref a5, ref b5, even, other, x + 28);
            Add2(ref a6, ref b6, ref a7, ref b7, even, other, x + 30);
            x += 32;
            first += TCodes.StepBytes;
            second += TCodes.StepBytes;
        }

        b0.Store(sums);
        b1.Store(sums + Stride);
        b2.Store(sums + (2 * Stride));
        b3.Store(sums + (3 * Stride));
        b4.Store(sums + (4 * Stride));
        b5.Store(sums + (5 * Stride));
        b6.Store(sums + (6 * Stride));
        b7.Store(sums + (7 * Stride));
        sums -= T.Count;
        a0.Store(sums);
        a1.Store(sums + Stride);
        a2.Store(sums + (2 * Stride));
        a3.Store(sums + (3 * Stride));
        a4.Store(sums + (4 * Stride));
        a5.Store(sums + (5 * Stride));
        a6.Store(sums + (6 * Stride));
        a7.Store(sums + (7 * Stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref T a, ref T b, T first, T second, int* x)
    {
        var input = T.Broadcast(x);
        a = TDot.Add(a, first, input);
        b = TDot.Add(b, second, input);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add2(ref T a0, ref T b0, ref T a1, ref T b1, T first, T second, int* x)
    {
        Add(ref a0, ref b0, first, second, x);
        Add(ref a1, ref b1, first, second, x + 1);
    }
}
