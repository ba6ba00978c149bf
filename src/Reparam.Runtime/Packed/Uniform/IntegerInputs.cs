using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.Kernels;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>The input rows of a pass as integers, in the order that the kernels read them. Rows may be taken on several threads.</summary>
internal sealed unsafe class IntegerInputs
{
    // Columns that are written at a time.
    private const int StoreColumns = 16;

    // Double words of a cache line.
    private const int LineInts = 16;

    // Exponent of a row's largest input, far from both ends of the range of floats.
    private const int Exponent = 40;

    // Below this a segment is nothing beside the largest input of its row, and its scale could not be inverted.
    private const float Negligible = 1f / (1L << 62);

    [ThreadStatic]
    private static float[]? scaled;

    [ThreadStatic]
    private static short[]? rounded;

    private int[] together = [];
    private int[] groups = [];
    private ProductFactor[] factors = [];
    private AlignedMemory codes = new(0);
    private AlignedMemory segments = new(0);
    private float* scales;
    private int* sums;
    private InputPlan? plan;

    /// <summary>Input rows.</summary>
    public int Rows { get; private set; }

    /// <summary>Pieces of the work of <see cref="Prepare"/>.</summary>
    public int Preparations { get; private set; }

    /// <summary>Planes of all rows, and those of padding, whose values are of no account.</summary>
    public int PaddedPlanes { get; private set; }

    /// <summary>Double words from a plane to the next.</summary>
    public nint PlaneInts { get; private set; }

    /// <summary>Begins a pass.</summary>
    /// <param name="use">How inputs are rounded and laid out.</param>
    /// <param name="rows">Input rows, 1 to <see cref="InputPlan.MaxRows"/>.</param>
    public void Begin(InputPlan use, int rows)
    {
        (plan, Rows) = (use, rows);
        PlaneInts = LineInts * OddLines(UniformTiles.Steps(use.Columns) * IntsOfStep);
        var planes = rows * use.Planes;
        if (together.Length < planes)
        {
            (together, groups) = (new int[planes], new int[planes]);
        }

        if (factors.Length < rows)
        {
            factors = new ProductFactor[rows];
        }

        Preparations = 0;
        for (PaddedPlanes = 0; PaddedPlanes < planes; PaddedPlanes += together[PaddedPlanes])
        {
            together[PaddedPlanes] = use.Together(planes - PaddedPlanes);
            groups[Preparations++] = PaddedPlanes;
        }

        Preparations = use.AreInterleaved ? Preparations : rows;

        var bytes = PaddedPlanes * PlaneInts * sizeof(int);
        if (codes.Bytes < bytes)
        {
            codes = new AlignedMemory(bytes);
        }

        var count = (nint)rows * use.Segments.Length;
        if (segments.Bytes < 2 * count * sizeof(float))
        {
            segments = new AlignedMemory(2 * count * sizeof(float));
        }

        scales = (float*)segments.Start;
        sums = (int*)(scales + count);
    }

    /// <summary>
    /// The interleaved integers of a segment from some rows on, of which that many are together: [pair of columns][row].
    /// </summary>
    public int* Interleaved(int row, UniformSegment segment) => (int*)codes.Start + PairsBefore(segment) + ((nint)row * Pairs(segment));

    /// <summary>Pairs of columns of a segment.</summary>
    public static int Pairs(UniformSegment segment) => PrepackedLayout.DivideUp(segment.Columns, 2);

    /// <summary>Ends the pass.</summary>
    public void End() => plan = null;

    /// <summary>Planes that are multiplied together with this one, the first of them.</summary>
    public int Together(int plane) => together[plane];

    /// <summary>The integers of a plane from a step on; those of the next plane lie <see cref="PlaneInts"/> behind them.</summary>
    public int* Codes(int plane, int step) => (int*)codes.Start + (plane * PlaneInts) + ((nint)step * IntsOfStep);

    /// <summary>What an integer of a row's segment stands for, [rows, segments]; its factor of <see cref="Factors"/> comes on top.</summary>
    public float* Scales => scales;

    /// <summary>The sums of the integers of a row's segment, [rows, segments].</summary>
    public int* Sums => sums;

    /// <summary>The powers of two of the rows' products.</summary>
    public ReadOnlySpan<ProductFactor> Factors => factors.AsSpan(0, Rows);

    private nint PairsBefore(UniformSegment segment) => (nint)PaddedPlanes * (segment.Column / 2);

    // Double words of inputs for each step of eight columns.
    private int IntsOfStep => plan!.AreBytes ? 2 : 4;

    /// <summary>Rounds an input row, or those that are interleaved.</summary>
    /// <param name="x">[rows, columns].</param>
    /// <param name="piece">Below <see cref="Preparations"/>.</param>
    /// <param name="scaleExponent">The power of two of the weights' scales.</param>
    public void Prepare(float* x, int piece, int scaleExponent)
    {
        var use = plan!;
        var padded = (PrepackedLayout.DivideUp(use.Columns, StoreColumns) + 1) * StoreColumns;
        var count = use.AreInterleaved ? together[groups[piece]] : 1;
        if (scaled is null || scaled.Length < padded)
        {
            scaled = new float[padded];
        }

        if (rounded is null || rounded.Length < padded * count)
        {
            rounded = new short[padded * count];
        }

        var first = use.AreInterleaved ? groups[piece] : piece;
        var rows = Math.Min(count, Rows - first);
        for (var i = 0; i < rows; i++)
        {
            var row = new ReadOnlySpan<float>(x + ((nint)(first + i) * use.Columns), use.Columns);
            Take(row, first + i, scaleExponent, rounded.AsSpan(i * padded, padded - StoreColumns));
        }

        if (use.AreInterleaved)
        {
            Interleave(first, count, rows, padded / 2);
        }
        else
        {
            Write(rounded.AsSpan(0, padded - StoreColumns), first);
        }
    }

    private void Take(ReadOnlySpan<float> x, int row, int scaleExponent, Span<short> integers)
    {
        var use = plan!;
        integers[use.Columns..].Clear();
        var first = row * use.Segments.Length;
        var rowScales = new Span<float>(scales + first, use.Segments.Length);
        var rowSums = new Span<int>(sums + first, use.Segments.Length);
        var isFinite = use.Inputs is null
            ? RoundToOwn(x, integers, rowScales, rowSums, out var exponent)
            : RoundToGiven(x, integers, rowScales, rowSums, out exponent);
        factors[row] = new ProductFactor(!isFinite, scaleExponent + exponent);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool RoundToOwn(ReadOnlySpan<float> x, Span<short> integers, Span<float> rowScales, Span<int> rowSums, out long exponent)
    {
        var use = plan!;
        var segments = use.Segments;
        var (smallest, largest) = (float.MaxValue, 0f);
        for (var i = 0; i < segments.Length; i++)
        {
            var magnitude = MaxMagnitude(x.Slice(segments[i].Column, segments[i].Columns));
            rowScales[i] = magnitude;
            if (!float.IsFinite(magnitude))
            {
                largest = magnitude;
                break;
            }

            largest = Math.Max(largest, magnitude);
            smallest = magnitude > 0 ? Math.Min(smallest, magnitude) : smallest;
        }

        if (!float.IsFinite(largest) || largest == 0)
        {
            integers.Clear();
            rowScales.Clear();
            rowSums.Clear();
            exponent = 0;
            return largest == 0;
        }

        // What is near the ends of the range of floats is brought to its middle first.
        var shift = Exponent - MathF.ILogB(largest);
        exponent = -shift;
        var isPlain = largest is > 1f / (1L << 62) and < 1L << 62 && smallest > Negligible * Negligible;
        var values = x;
        if (!isPlain)
        {
            InputRange.Scale(x, shift, scaled);
            values = scaled.AsSpan(0, use.Columns);
        }

        var power = MathF.ScaleB(1, isPlain ? shift : 0);
        for (var i = 0; i < segments.Length; i++)
        {
            var (column, count) = (segments[i].Column, segments[i].Columns);
            var magnitude = isPlain ? rowScales[i] : MaxMagnitude(values.Slice(column, count));
            if (magnitude * power < Negligible)
            {
                integers.Slice(column, count).Clear();
                (rowScales[i], rowSums[i]) = (0, 0);
                continue;
            }

            rowScales[i] = magnitude * power / use.Steps;
            rowSums[i] = Round(values.Slice(column, count), use.Steps / magnitude, integers[column..]);
        }

        return true;
    }

    /// <summary>The largest magnitude; NaN or an infinity where there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float MaxMagnitude(ReadOnlySpan<float> values)
    {
        // Magnitudes are in the order of their bits.
        const int Magnitude = int.MaxValue;
        var k = 0;
        fixed (float* source = values)
        {
            var largest = 0;
            if (Vector512.IsHardwareAccelerated)
            {
                var (first, second) = (Vector512<int>.Zero, Vector512<int>.Zero);
                var magnitudes = Vector512.Create(Magnitude);
                for (; k + (2 * Vector512<int>.Count) <= values.Length; k += 2 * Vector512<int>.Count)
                {
                    first = Vector512.Max(first, Vector512.Load((int*)source + k) & magnitudes);
                    second = Vector512.Max(second, Vector512.Load((int*)source + k + Vector512<int>.Count) & magnitudes);
                }

                first = Vector512.Max(first, second);
                largest = Largest(Vector256.Max(first.GetLower(), first.GetUpper()));
            }
            else
            {
                var (first, second) = (Vector256<int>.Zero, Vector256<int>.Zero);
                var magnitudes = Vector256.Create(Magnitude);
                for (; k + (2 * Vector256<int>.Count) <= values.Length; k += 2 * Vector256<int>.Count)
                {
                    first = Vector256.Max(first, Vector256.Load((int*)source + k) & magnitudes);
                    second = Vector256.Max(second, Vector256.Load((int*)source + k + Vector256<int>.Count) & magnitudes);
                }

                largest = Largest(Vector256.Max(first, second));
            }

            for (; k < values.Length; k++)
            {
                largest = Math.Max(largest, ((int*)source)[k] & Magnitude);
            }

            return BitConverter.Int32BitsToSingle(largest);
        }
    }

    private static int Largest(Vector256<int> lanes)
    {
        var four = Vector128.Max(lanes.GetLower(), lanes.GetUpper());
        four = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return Math.Max(four[0], four[1]);
    }

    // The integers are those of the grid less its middle, so that they fit a byte.
    private bool RoundToGiven(ReadOnlySpan<float> x, Span<short> integers, Span<float> rowScales, Span<int> rowSums, out long exponent)
    {
        var use = plan!;
        var grid = use.Inputs!;
        var (scale, zero) = (grid.Scales.Span[0], grid.ZeroPoints.Span[0]);
        var isFinite = true;
        for (var i = 0; i < use.Segments.Length; i++)
        {
            var segment = use.Segments[i];
            var part = x.Slice(segment.Column, segment.Columns);
            isFinite &= InputGrid.Round(part, scale, zero, grid.Bits, integers.Slice(segment.Column, segment.Columns), out rowSums[i]);
        }

        exponent = MathF.ILogB(scale);
        rowScales.Fill(MathF.ScaleB(scale, -(int)exponent));
        return isFinite;
    }

    /// <summary>Rounds values times a factor, which must fit a word.</summary>
    /// <returns>The sum of the integers.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Round(ReadOnlySpan<float> values, float factor, Span<short> integers)
    {
        var (k, sum) = (0, 0);
        var sums = Vector<int>.Zero;
        fixed (float* source = values)
        fixed (short* target = integers)
        {
            if (Avx512F.IsSupported)
            {
                // These conversions round.
                var wide = Vector512<int>.Zero;
                for (; k + Vector512<float>.Count <= values.Length; k += Vector512<float>.Count)
                {
                    var rounded = Avx512F.ConvertToVector512Int32(Vector512.Load(source + k) * factor);
                    Avx512F.ConvertToVector256Int16(rounded).Store(target + k);
                    wide += rounded;
                }

                sum = Vector512.Sum(wide);
            }

            for (; k + (2 * Vector<float>.Count) <= values.Length; k += 2 * Vector<float>.Count)
            {
                var low = Vector.ConvertToInt32Native(Vector.Round(Vector.Load(source + k) * factor));
                var high = Vector.ConvertToInt32Native(Vector.Round(Vector.Load(source + k + Vector<float>.Count) * factor));
                Vector.Narrow(low, high).Store(target + k);
                sums += low + high;
            }
        }

        sum += Vector.Sum(sums);
        for (; k < values.Length; k++)
        {
            integers[k] = (short)MathF.Round(values[k] * factor);
            sum += integers[k];
        }

        return sum;
    }

    private void Write(ReadOnlySpan<short> integers, int row)
    {
        if (!plan!.AreBytes)
        {
            integers.CopyTo(new Span<short>(Codes(row, 0), integers.Length));
        }
        else if (plan.Planes == 1)
        {
            WriteBytes(integers, (byte*)Codes(row, 0));
        }
        else
        {
            WritePlanes(integers, (byte*)Codes(2 * row, 0), (byte*)Codes((2 * row) + 1, 0));
        }
    }

    // The rounded rows, which lie a distance of double words apart, side by side.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Interleave(int first, int count, int rows, int distance)
    {
        var offsets = stackalloc int[count];
        for (var i = 0; i < count; i++)
        {
            offsets[i] = Math.Min(i, rows - 1) * distance;
        }

        fixed (short* source = rounded)
        {
            foreach (var segment in plan!.Segments)
            {
                Transposition.Run(
                    (float*)(source + segment.Column), offsets, count, Pairs(segment), (float*)Interleaved(first, segment), count, hasSlack: true);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WriteBytes(ReadOnlySpan<short> integers, byte* plane)
    {
        fixed (short* source = integers)
        {
            for (var k = 0; k < integers.Length; k += StoreColumns)
            {
                Bytes(Vector128.Load(source + k), Vector128.Load(source + k + Vector128<short>.Count)).Store(plane + k);
            }
        }
    }

    // 256·high + low: low is the low byte as a signed one, so high is rounded.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WritePlanes(ReadOnlySpan<short> integers, byte* highPlane, byte* lowPlane)
    {
        var half = Vector128.Create((short)128);
        fixed (short* source = integers)
        {
            for (var k = 0; k < integers.Length; k += StoreColumns)
            {
                var (first, second) = (Vector128.Load(source + k), Vector128.Load(source + k + Vector128<short>.Count));
                Bytes((first + half) >> 8, (second + half) >> 8).Store(highPlane + k);
                Bytes(first, second).Store(lowPlane + k);
            }
        }
    }

    // The low bytes, each four columns in the order of the weights: 0, 2, 1, 3.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Bytes(Vector128<short> first, Vector128<short> second) => Vector128.Shuffle(
        Vector128.Narrow(first.AsUInt16(), second.AsUInt16()), Vector128.Create((byte)0, 2, 1, 3, 4, 6, 5, 7, 8, 10, 9, 11, 12, 14, 13, 15));

    // Rows that lie an even number of lines apart would meet in few sets of the first cache.
    private static int OddLines(int ints) => PrepackedLayout.DivideUp(ints, LineInts) | 1;
}
