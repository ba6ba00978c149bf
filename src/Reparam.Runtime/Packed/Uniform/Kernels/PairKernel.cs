using System.Runtime.CompilerServices;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>
/// The same products as <see cref="DotKernel{T, TCodes, TDot}"/> for integers of at most six bits: unsigned times signed bytes, added in words for
/// as many steps as these hold, then in double words.
/// </summary>
internal static unsafe class PairKernel<T, TCodes>
    where T : unmanaged, IByteLanes<T>
    where TCodes : struct, ICodeForm
{
    /// <summary>Steps of eight columns whose sums a word holds: two products a word and four columns, each at most (2^bits − 1)·128.</summary>
    /// <param name="bits">2 to 6.</param>
    public static int StepsOfWords(int bits) => short.MaxValue / (4 * 128 * ((1 << bits) - 1));

    private static int Stride
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => UniformTiles.SumStride(T.Count);
    }

    /// <summary>One input row: sums[0, ·] += codes · x.</summary>
    /// <param name="first">The first vector of rows in a step of a row tile.</param>
    /// <param name="second">The second.</param>
    /// <param name="steps">Steps of eight columns.</param>
    /// <param name="x">The inputs of the first row: bytes.</param>
    /// <param name="row">Double words from an input row to the next.</param>
    /// <param name="sums">[input rows, <see cref="UniformTiles.SumStride"/>]: those of the second vector behind those of the first.</param>
    /// <param name="ahead">Where kernels of four input rows and more prefetch from, <see cref="UniformTiles.AheadBytes"/> a step.</param>
    /// <param name="most">Steps that are added in words.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply1(byte* first, byte* second, nint steps, int* x, nint row, int* sums, byte* ahead, int most)
    {
        var (a, b) = (T.Load(sums), T.Load(sums + T.Count));
        while (steps > 0)
        {
            var count = Math.Min(steps, most);
            steps -= count;
            var (s, t) = (T.Zero, T.Zero);
            for (; count > 0; count--)
            {
                Add(ref s, ref t, TCodes.First<T>(first), TCodes.First<T>(second), x);
                Add(ref s, ref t, TCodes.Second<T>(first), TCodes.Second<T>(second), x + 1);
                Advance(ref first, ref second, ref x);
            }

            a = T.AddInts(a, T.AddNeighbours(s));
            b = T.AddInts(b, T.AddNeighbours(t));
        }

        a.Store(sums);
        b.Store(sums + T.Count);
    }

    /// <summary>Two input rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply2(byte* first, byte* second, nint steps, int* x, nint row, int* sums, byte* ahead, int most)
    {
        while (steps > 0)
        {
            var count = Math.Min(steps, most);
            steps -= count;
            var (s0, t0, s1, t1) = (T.Zero, T.Zero, T.Zero, T.Zero);
            for (; count > 0; count--)
            {
                Add2(ref s0, ref t0, ref s1, ref t1, TCodes.First<T>(first), TCodes.First<T>(second), x, row);
                Add2(ref s0, ref t0, ref s1, ref t1, TCodes.Second<T>(first), TCodes.Second<T>(second), x + 1, row);
                Advance(ref first, ref second, ref x);
            }

            Flush2(sums, s0, t0, s1, t1);
        }
    }

    /// <summary>Four input rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply4(byte* first, byte* second, nint steps, int* x, nint row, int* sums, byte* ahead, int most)
    {
        while (steps > 0)
        {
            var count = Math.Min(steps, most);
            steps -= count;
            var (s0, t0, s1, t1) = (T.Zero, T.Zero, T.Zero, T.Zero);
            var (s2, t2, s3, t3) = (T.Zero, T.Zero, T.Zero, T.Zero);
            for (; count > 0; count--)
            {
                var y = x + (2 * row);
                var (f, g) = (TCodes.First<T>(first), TCodes.First<T>(second));
                Add2(ref s0, ref t0, ref s1, ref t1, f, g, x, row);
                Add2(ref s2, ref t2, ref s3, ref t3, f, g, y, row);
                (f, g) = (TCodes.Second<T>(first), TCodes.Second<T>(second));
                Add2(ref s0, ref t0, ref s1, ref t1, f, g, x + 1, row);
                Add2(ref s2, ref t2, ref s3, ref t3, f, g, y + 1, row);
                Advance(ref first, ref second, ref x);
                UniformTiles.Prefetch(ref ahead);
            }

            Flush2(sums, s0, t0, s1, t1);
            Flush2(sums + (2 * Stride), s2, t2, s3, t3);
        }
    }

    /// <summary>Eight input rows: for processors with 32 registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply8(byte* first, byte* second, nint steps, int* x, nint row, int* sums, byte* ahead, int most)
    {
        while (steps > 0)
        {
            var count = Math.Min(steps, most);
            steps -= count;
            var (s0, t0, s1, t1) = (T.Zero, T.Zero, T.Zero, T.Zero);
            var (s2, t2, s3, t3) = (T.Zero, T.Zero, T.Zero, T.Zero);
            var (s4, t4, s5, t5) = (T.Zero, T.Zero, T.Zero, T.Zero);
            var (s6, t6, s7, t7) = (T.Zero, T.Zero, T.Zero, T.Zero);
            for (; count > 0; count--)
            {
                int* y = x + (2 * row), z = x + (4 * row), w = x + (6 * row);
                var (f, g) = (TCodes.First<T>(first), TCodes.First<T>(second));
                Add2(ref s0, ref t0, ref s1, ref t1, f, g, x, row);
                Add2(ref s2, ref t2, ref s3, ref t3, f, g, y, row);
                Add2(ref s4, ref t4, ref s5, ref t5, f, g, z, row);
                Add2(ref s6, ref t6, ref s7, ref t7, f, g, w, row);
                (f, g) = (TCodes.Second<T>(first), TCodes.Second<T>(second));
                Add2(ref s0, ref t0, ref s1, ref t1, f, g, x + 1, row);
                Add2(ref s2, ref t2, ref s3, ref t3, f, g, y + 1, row);
                Add2(ref s4, ref t4, ref s5, ref t5, f, g, z + 1, row);
                Add2(ref s6, ref t6, ref s7, ref t7, f, g, w + 1, row);
                Advance(ref first, ref second, ref x);
                UniformTiles.Prefetch(ref ahead);
            }

            Flush2(sums, s0, t0, s1, t1);
            Flush2(sums + (2 * Stride), s2, t2, s3, t3);
            Flush2(sums + (4 * Stride), s4, t4, s5, t5);
            Flush2(sums + (6 * Stride), s6, t6, s7, t7);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Advance(ref byte* first, ref byte* second, ref int* x)
    {
        first += TCodes.StepBytes;
        second += TCodes.StepBytes;
        x += 2;
    }

    // The double words stay in memory: all registers are for words.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Flush2(int* sums, T s0, T t0, T s1, T t1)
    {
        Flush(sums, s0);
        Flush(sums + T.Count, t0);
        Flush(sums + Stride, s1);
        Flush(sums + Stride + T.Count, t1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Flush(int* sums, T words) => T.AddInts(T.Load(sums), T.AddNeighbours(words)).Store(sums);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref T a, ref T b, T first, T second, int* x)
    {
        var input = T.Broadcast(x);
        a = T.AddWords(a, T.MultiplyBytes(first, input));
        b = T.AddWords(b, T.MultiplyBytes(second, input));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add2(ref T a0, ref T b0, ref T a1, ref T b1, T first, T second, int* x, nint row)
    {
        Add(ref a0, ref b0, first, second, x);
        Add(ref a1, ref b1, first, second, x + row);
    }
}
