using System.Runtime.CompilerServices;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>
/// Products of two vectors of rows with some input rows, in double words from the first product on. The sums are whole numbers: no result depends on the
/// order of the loops.
/// </summary>
/// <remarks>
/// A double word of inputs is four columns as bytes, in the order 0, 2, 1, 3, or two columns as words. Where a kernel takes so many input rows that their sums
/// fill the registers, it loads one half of a step after the other.
/// </remarks>
internal static unsafe class DotKernel<T, TCodes, TDot>
    where T : unmanaged, IIntegerLanes<T>
    where TCodes : struct, ICodeForm
    where TDot : struct, IIntegerDot<T>
{
    private static int Stride
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => UniformTiles.SumStride(T.Count);
    }

    /// <summary>One input row: sums[0, ·] += codes · x.</summary>
    /// <param name="first">The first vector of rows in a step of a row tile.</param>
    /// <param name="second">The second.</param>
    /// <param name="steps">Steps of eight columns.</param>
    /// <param name="x">The inputs of the first row.</param>
    /// <param name="row">Double words from an input row to the next.</param>
    /// <param name="sums">[input rows, <see cref="UniformTiles.SumStride"/>]: those of the second vector behind those of the first.</param>
    /// <param name="ahead">Where kernels of four input rows and more prefetch from, <see cref="UniformTiles.AheadBytes"/> a step.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply1(byte* first, byte* second, nint steps, int* x, nint row, int* sums, byte* ahead)
    {
        var (a, b, c, d) = (T.Load(sums), T.Load(sums + T.Count), T.Zero, T.Zero);
        for (; steps > 0; steps--)
        {
            var (f, g) = (TCodes.First<T>(first), TCodes.First<T>(second));
            if (TDot.IsBytes)
            {
                Add(ref a, ref b, f, g, x);
                Add(ref c, ref d, TCodes.Second<T>(first), TCodes.Second<T>(second), x + 1);
            }
            else
            {
                Add(ref a, ref b, T.EvenBytes(f), T.EvenBytes(g), x);
                Add(ref c, ref d, T.OddBytes(f), T.OddBytes(g), x + 1);
                (f, g) = (TCodes.Second<T>(first), TCodes.Second<T>(second));
                Add(ref a, ref b, T.EvenBytes(f), T.EvenBytes(g), x + 2);
                Add(ref c, ref d, T.OddBytes(f), T.OddBytes(g), x + 3);
            }

            Advance(ref first, ref second, ref x);
        }

        T.AddInts(a, c).Store(sums);
        T.AddInts(b, d).Store(sums + T.Count);
    }

    /// <summary>Two input rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply2(byte* first, byte* second, nint steps, int* x, nint row, int* sums, byte* ahead)
    {
        var (a0, b0, a1, b1) = (T.Load(sums), T.Load(sums + T.Count), T.Load(sums + Stride), T.Load(sums + Stride + T.Count));
        for (; steps > 0; steps--)
        {
            var (f, g) = (TCodes.First<T>(first), TCodes.First<T>(second));
            if (TDot.IsBytes)
            {
                Add2(ref a0, ref b0, ref a1, ref b1, f, g, x, row);
                Add2(ref a0, ref b0, ref a1, ref b1, TCodes.Second<T>(first), TCodes.Second<T>(second), x + 1, row);
            }
            else
            {
                Add2(ref a0, ref b0, ref a1, ref b1, T.EvenBytes(f), T.EvenBytes(g), x, row);
                Add2(ref a0, ref b0, ref a1, ref b1, T.OddBytes(f), T.OddBytes(g), x + 1, row);
                (f, g) = (TCodes.Second<T>(first), TCodes.Second<T>(second));
                Add2(ref a0, ref b0, ref a1, ref b1, T.EvenBytes(f), T.EvenBytes(g), x + 2, row);
                Add2(ref a0, ref b0, ref a1, ref b1, T.OddBytes(f), T.OddBytes(g), x + 3, row);
            }

            Advance(ref first, ref second, ref x);
        }

        Store2(sums, a0, b0, a1, b1);
    }

    /// <summary>Four input rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply4(byte* first, byte* second, nint steps, int* x, nint row, int* sums, byte* ahead)
    {
        Load2(sums, out var a0, out var b0, out var a1, out var b1);
        Load2(sums + (2 * Stride), out var a2, out var b2, out var a3, out var b3);
        for (; steps > 0; steps--)
        {
            var y = x + (2 * row);
            var (f, g) = (TCodes.First<T>(first), TCodes.First<T>(second));
            if (TDot.IsBytes)
            {
                Add2(ref a0, ref b0, ref a1, ref b1, f, g, x, row);
                Add2(ref a2, ref b2, ref a3, ref b3, f, g, y, row);
                (f, g) = (TCodes.Second<T>(first), TCodes.Second<T>(second));
                Add2(ref a0, ref b0, ref a1, ref b1, f, g, x + 1, row);
                Add2(ref a2, ref b2, ref a3, ref b3, f, g, y + 1, row);
            }
            else
            {
                var (even, other) = (T.EvenBytes(f), T.EvenBytes(g));
                Add2(ref a0, ref b0, ref a1, ref b1, even, other, x, row);
                Add2(ref a2, ref b2, ref a3, ref b3, even, other, y, row);
                (even, other) = (T.OddBytes(f), T.OddBytes(g));
                Add2(ref a0, ref b0, ref a1, ref b1, even, other, x + 1, row);
                Add2(ref a2, ref b2, ref a3, ref b3, even, other, y + 1, row);
                (f, g) = (TCodes.Second<T>(first), TCodes.Second<T>(second));
                (even, other) = (T.EvenBytes(f), T.EvenBytes(g));
                Add2(ref a0, ref b0, ref a1, ref b1, even, other, x + 2, row);
                Add2(ref a2, ref b2, ref a3, ref b3, even, other, y + 2, row);
                (even, other) = (T.OddBytes(f), T.OddBytes(g));
                Add2(ref a0, ref b0, ref a1, ref b1, even, other, x + 3, row);
                Add2(ref a2, ref b2, ref a3, ref b3, even, other, y + 3, row);
            }

            Advance(ref first, ref second, ref x);
            UniformTiles.Prefetch(ref ahead);
        }

        Store2(sums, a0, b0, a1, b1);
        Store2(sums + (2 * Stride), a2, b2, a3, b3);
    }

    /// <summary>Five input rows of bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply5(byte* first, byte* second, nint steps, int* x, nint row, int* sums, byte* ahead)
    {
        Load2(sums, out var a0, out var b0, out var a1, out var b1);
        Load2(sums + (2 * Stride), out var a2, out var b2, out var a3, out var b3);
        var (a4, b4) = (T.Load(sums + (4 * Stride)), T.Load(sums + (4 * Stride) + T.Count));
        for (; steps > 0; steps--)
        {
            int* y = x + (2 * row), z = x + (4 * row);
            var (f, g) = (TCodes.First<T>(first), TCodes.First<T>(second));
            Add2(ref a0, ref b0, ref a1, ref b1, f, g, x, row);
            Add2(ref a2, ref b2, ref a3, ref b3, f, g, y, row);
            Add(ref a4, ref b4, f, g, z);
            (f, g) = (TCodes.Second<T>(first), TCodes.Second<T>(second));
            Add2(ref a0, ref b0, ref a1, ref b1, f, g, x + 1, row);
            Add2(ref a2, ref b2, ref a3, ref b3, f, g, y + 1, row);
            Add(ref a4, ref b4, f, g, z + 1);
            Advance(ref first, ref second, ref x);
            UniformTiles.Prefetch(ref ahead);
        }

        Store2(sums, a0, b0, a1, b1);
        Store2(sums + (2 * Stride), a2, b2, a3, b3);
        a4.Store(sums + (4 * Stride));
        b4.Store(sums + (4 * Stride) + T.Count);
    }

    /// <summary>Six input rows of bytes: twelve of sixteen registers are sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply6(byte* first, byte* second, nint steps, int* x, nint row, int* sums, byte* ahead)
    {
        Load2(sums, out var a0, out var b0, out var a1, out var b1);
        Load2(sums + (2 * Stride), out var a2, out var b2, out var a3, out var b3);
        Load2(sums + (4 * Stride), out var a4, out var b4, out var a5, out var b5);
        for (; steps > 0; steps--)
        {
            int* y = x + (2 * row), z = x + (4 * row);
            var (f, g) = (TCodes.First<T>(first), TCodes.First<T>(second));
            Add2(ref a0, ref b0, ref a1, ref b1, f, g, x, row);
            Add2(ref a2, ref b2, ref a3, ref b3, f, g, y, row);
            Add2(ref a4, ref b4, ref a5, ref b5, f, g, z, row);
            (f, g) = (TCodes.Second<T>(first), TCodes.Second<T>(second));
            Add2(ref a0, ref b0, ref a1, ref b1, f, g, x + 1, row);
            Add2(ref a2, ref b2, ref a3, ref b3, f, g, y + 1, row);
            Add2(ref a4, ref b4, ref a5, ref b5, f, g, z + 1, row);
            Advance(ref first, ref second, ref x);
            UniformTiles.Prefetch(ref ahead);
        }

        Store2(sums, a0, b0, a1, b1);
        Store2(sums + (2 * Stride), a2, b2, a3, b3);
        Store2(sums + (4 * Stride), a4, b4, a5, b5);
    }

    /// <summary>Eight input rows of words: for processors with 32 registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply8(byte* first, byte* second, nint steps, int* x, nint row, int* sums, byte* ahead)
    {
        Load2(sums, out var a0, out var b0, out var a1, out var b1);
        Load2(sums + (2 * Stride), out var a2, out var b2, out var a3, out var b3);
        Load2(sums + (4 * Stride), out var a4, out var b4, out var a5, out var b5);
        Load2(sums + (6 * Stride), out var a6, out var b6, out var a7, out var b7);
        for (; steps > 0; steps--)
        {
            int* y = x + (2 * row), z = x + (4 * row), w = x + (6 * row);
            var (f, g) = (TCodes.First<T>(first), TCodes.First<T>(second));
            var (even, other) = (T.EvenBytes(f), T.EvenBytes(g));
            Add2(ref a0, ref b0, ref a1, ref b1, even, other, x, row);
            Add2(ref a2, ref b2, ref a3, ref b3, even, other, y, row);
            Add2(ref a4, ref b4, ref a5, ref b5, even, other, z, row);
            Add2(ref a6, ref b6, ref a7, ref b7, even, other, w, row);
            (even, other) = (T.OddBytes(f), T.OddBytes(g));
            Add2(ref a0, ref b0, ref a1, ref b1, even, other, x + 1, row);
            Add2(ref a2, ref b2, ref a3, ref b3, even, other, y + 1, row);
            Add2(ref a4, ref b4, ref a5, ref b5, even, other, z + 1, row);
            Add2(ref a6, ref b6, ref a7, ref b7, even, other, w + 1, row);
            (f, g) = (TCodes.Second<T>(first), TCodes.Second<T>(second));
            (even, other) = (T.EvenBytes(f), T.EvenBytes(g));
            Add2(ref a0, ref b0, ref a1, ref b1, even, other, x + 2, row);
            Add2(ref a2, ref b2, ref a3, ref b3, even, other, y + 2, row);
            Add2(ref a4, ref b4, ref a5, ref b5, even, other, z + 2, row);
            Add2(ref a6, ref b6, ref a7, ref b7, even, other, w + 2, row);
            (even, other) = (T.OddBytes(f), T.OddBytes(g));
            Add2(ref a0, ref b0, ref a1, ref b1, even, other, x + 3, row);
            Add2(ref a2, ref b2, ref a3, ref b3, even, other, y + 3, row);
            Add2(ref a4, ref b4, ref a5, ref b5, even, other, z + 3, row);
            Add2(ref a6, ref b6, ref a7, ref b7, even, other, w + 3, row);
            Advance(ref first, ref second, ref x);
            UniformTiles.Prefetch(ref ahead);
        }

        Store2(sums, a0, b0, a1, b1);
        Store2(sums + (2 * Stride), a2, b2, a3, b3);
        Store2(sums + (4 * Stride), a4, b4, a5, b5);
        Store2(sums + (6 * Stride), a6, b6, a7, b7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Advance(ref byte* first, ref byte* second, ref int* x)
    {
        first += TCodes.StepBytes;
        second += TCodes.StepBytes;
        x += TDot.IsBytes ? 2 : 4;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref T a, ref T b, T first, T second, int* x)
    {
        var input = T.Broadcast(x);
        a = TDot.Add(a, first, input);
        b = TDot.Add(b, second, input);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add2(ref T a0, ref T b0, ref T a1, ref T b1, T first, T second, int* x, nint row)
    {
        Add(ref a0, ref b0, first, second, x);
        Add(ref a1, ref b1, first, second, x + row);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Load2(int* sums, out T a0, out T b0, out T a1, out T b1) =>
        (a0, b0, a1, b1) = (T.Load(sums), T.Load(sums + T.Count), T.Load(sums + Stride), T.Load(sums + Stride + T.Count));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store2(int* sums, T a0, T b0, T a1, T b1)
    {
        a0.Store(sums);
        b0.Store(sums + T.Count);
        a1.Store(sums + Stride);
        b1.Store(sums + Stride + T.Count);
    }
}
