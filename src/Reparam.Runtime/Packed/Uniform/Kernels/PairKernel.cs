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

    /// <summary>One input row: sums[0, ·] += codes · x.</summary>
    /// <param name="first">The first vector of rows in a step of a row tile.</param>
    /// <param name="second">The second.</param>
    /// <param name="steps">Steps of eight columns.</param>
    /// <param name="x">The inputs: bytes.</param>
    /// <param name="sums">[input rows, 32]: those of the second vector behind those of the first.</param>
    /// <param name="most">Steps that are added in words.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply1(byte* first, byte* second, nint steps, int* x, int* sums, int most)
    {
        var (a, b) = (T.Load(sums), T.Load(sums + T.Count));
        while (steps > 0)
        {
            var count = Math.Min(steps, most);
            steps -= count;
            var (s, t) = (T.Zero, T.Zero);
            for (; count > 0; count--)
            {
                TCodes.Load<T>(first, out var f, out var g);
                TCodes.Load<T>(second, out var h, out var i);
                Add(ref s, ref t, f, h, x);
                Add(ref s, ref t, g, i, x + 1);
                x += 2;
                first += TCodes.StepBytes;
                second += TCodes.StepBytes;
            }

            a = T.AddInts(a, T.AddNeighbours(s));
            b = T.AddInts(b, T.AddNeighbours(t));
        }

        a.Store(sums);
        b.Store(sums + T.Count);
    }

    /// <summary>Two input rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply2(byte* first, byte* second, nint steps, int* x, int* sums, int most)
    {
        const int Stride = UniformTiles.PieceRows;
        var (a0, b0, a1, b1) = (T.Load(sums), T.Load(sums + T.Count), T.Load(sums + Stride), T.Load(sums + Stride + T.Count));
        while (steps > 0)
        {
            var count = Math.Min(steps, most);
            steps -= count;
            var (s0, t0, s1, t1) = (T.Zero, T.Zero, T.Zero, T.Zero);
            for (; count > 0; count--)
            {
                TCodes.Load<T>(first, out var f, out var g);
                TCodes.Load<T>(second, out var h, out var i);
                Add2(ref s0, ref t0, ref s1, ref t1, f, h, x);
                Add2(ref s0, ref t0, ref s1, ref t1, g, i, x + 2);
                x += 4;
                first += TCodes.StepBytes;
                second += TCodes.StepBytes;
            }

            a0 = T.AddInts(a0, T.AddNeighbours(s0));
            b0 = T.AddInts(b0, T.AddNeighbours(t0));
            a1 = T.AddInts(a1, T.AddNeighbours(s1));
            b1 = T.AddInts(b1, T.AddNeighbours(t1));
        }

        a0.Store(sums);
        b0.Store(sums + T.Count);
        a1.Store(sums + Stride);
        b1.Store(sums + Stride + T.Count);
    }

    /// <summary>Four input rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply4(byte* first, byte* second, nint steps, int* x, int* sums, int most)
    {
        const int Stride = UniformTiles.PieceRows;
        var other = sums + T.Count;
        while (steps > 0)
        {
            var count = Math.Min(steps, most);
            steps -= count;
            var (s0, t0, s1, t1) = (T.Zero, T.Zero, T.Zero, T.Zero);
            var (s2, t2, s3, t3) = (T.Zero, T.Zero, T.Zero, T.Zero);
            for (; count > 0; count--)
            {
                TCodes.Load<T>(first, out var f, out var g);
                TCodes.Load<T>(second, out var h, out var i);
                Add2(ref s0, ref t0, ref s1, ref t1, f, h, x);
                Add2(ref s2, ref t2, ref s3, ref t3, f, h, x + 2);
                Add2(ref s0, ref t0, ref s1, ref t1, g, i, x + 4);
                Add2(ref s2, ref t2, ref s3, ref t3, g, i, x + 6);
                x += 8;
                first += TCodes.StepBytes;
                second += TCodes.StepBytes;
            }

            // The double words stay in memory, so that sixteen registers are enough.
            Flush(sums, s0);
            Flush(other, t0);
            Flush(sums + Stride, s1);
            Flush(other + Stride, t1);
            Flush(sums + (2 * Stride), s2);
            Flush(other + (2 * Stride), t2);
            Flush(sums + (3 * Stride), s3);
            Flush(other + (3 * Stride), t3);
        }
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
    private static void Add2(ref T a0, ref T b0, ref T a1, ref T b1, T first, T second, int* x)
    {
        Add(ref a0, ref b0, first, second, x);
        Add(ref a1, ref b1, first, second, x + 1);
    }
}
