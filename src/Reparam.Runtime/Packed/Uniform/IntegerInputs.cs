using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>The input rows of a pass as integers, in the order that the kernels read them. Rows may be taken on several threads.</summary>
internal sealed unsafe class IntegerInputs
{
    /// <summary>Most input rows of a pass.</summary>
    public const int MaxRows = 32;

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

    private readonly int[] together = new int[2 * MaxRows];
    private readonly ProductFactor[] factors = new ProductFactor[MaxRows];
    private AlignedMemory codes = new(0);
    private AlignedMemory segments = new(0);
    private float* scales;
    private int* sums;
    private IntegerPlan? plan;

    /// <summary>Input rows.</summary>
    public int Rows { get; private set; }

    /// <summary>Planes of all rows, and those of padding, whose values are of no account.</summary>
    public int PaddedPlanes { get; private set; }

    /// <summary>Double words from a plane to the next.</summary>
    public nint PlaneInts { get; private set; }

    /// <summary>Begins a pass.</summary>
    /// <param name="use">How inputs are rounded and laid out.</param>
    /// <param name="rows">Input rows, 1 to <see cref="MaxRows"/>.</param>
    public void Begin(IntegerPlan use, int rows)
    {
        (plan, Rows) = (use, rows);
        PlaneInts = LineInts * OddLines(UniformTiles.Steps(use.Columns) * use.Kernels.InputsOfStep);
        var planes = rows * use.Planes;
        for (PaddedPlanes = 0; PaddedPlanes < planes; PaddedPlanes += together[PaddedPlanes])
        {
            together[PaddedPlanes] = use.Kernels.Together(planes - PaddedPlanes, use.Planes);
        }

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

    /// <summary>Ends the pass.</summary>
    public void End() => plan = null;

    /// <summary>Planes that are multiplied together with this one, the first of them.</summary>
    public int Together(int plane) => together[plane];

    /// <summary>The integers of a plane from a step on; those of the next plane lie <see cref="PlaneInts"/> behind them.</summary>
    public int* Codes(int plane, int step) => (int*)codes.Start + (plane * PlaneInts) + ((nint)step * plan!.Kernels.InputsOfStep);

    /// <summary>What an integer of a row's segment stands for, [rows, segments]; its factor of <see cref="Factors"/> comes on top.</summary>
    public float* Scales => scales;

    /// <summary>The sums of the integers of a row's segment, [rows, segments].</summary>
    public int* Sums => sums;

    /// <summary>The powers of two of the rows' products.</summary>
    public ReadOnlySpan<ProductFactor> Factors => factors.AsSpan(0, Rows);

    /// <summary>Rounds an input row.</summary>
    /// <param name="x">[columns].</param>
    /// <param name="row">Its number in the pass.</param>
    /// <param name="scaleExponent">The power of two of the weights' scales.</param>
    public void Take(ReadOnlySpan<float> x, int row, int scaleExponent)
    {
        var use = plan!;
        var padded = PrepackedLayout.DivideUp(use.Columns, StoreColumns) * StoreColumns;
        if (rounded is null || rounded.Length < padded)
        {
            (scaled, rounded) = (new float[padded], new short[padded]);
        }

        var integers = rounded.AsSpan(0, padded);
        integers[use.Columns..].Clear();
        var first = row * use.Segments.Length;
        var rowScales = new Span<float>(scales + first, use.Segments.Length);
        var rowSums = new Span<int>(sums + first, use.Segments.Length);
        var isFinite = use.Inputs is null
            ? RoundToOwn(x, integers, rowScales, rowSums, out var exponent)
            : RoundToGiven(x, integers, rowScales, rowSums, out exponent);
        factors[row] = new ProductFactor(!isFinite, scaleExponent + exponent);
        Write(integers, row);
    }

    private bool RoundToOwn(ReadOnlySpan<float> x, Span<short> integers, Span<float> rowScales, Span<int> rowSums, out long exponent)
    {
        var use = plan!;
        if (InputRange.Shift(x, Exponent, out var hasNonFinite) is not { } shift)
        {
            integers.Clear();
            rowScales.Clear();
            rowSums.Clear();
            exponent = 0;
            return !hasNonFinite;
        }

        var values = scaled.AsSpan(0, use.Columns);
        InputRange.Scale(x, shift, values);
        for (var i = 0; i < use.Segments.Length; i++)
        {
            var segment = use.Segments[i];
            var part = values.Slice(segment.Column, segment.Columns);
            var largest = MathF.Abs(TensorPrimitives.MaxMagnitude(part));
            if (largest < Negligible)
            {
                integers.Slice(segment.Column, segment.Columns).Clear();
                (rowScales[i], rowSums[i]) = (0, 0);
                continue;
            }

            rowScales[i] = largest / use.Steps;
            rowSums[i] = Round(part, use.Steps / largest, integers[segment.Column..]);
        }

        exponent = -shift;
        return true;
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

    // Gives the sum of the integers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Round(ReadOnlySpan<float> values, float factor, Span<short> integers)
    {
        var k = 0;
        var sums = Vector<int>.Zero;
        fixed (float* source = values)
        fixed (short* target = integers)
        {
            for (; k + (2 * Vector<float>.Count) <= values.Length; k += 2 * Vector<float>.Count)
            {
                var low = Vector.ConvertToInt32Native(Vector.Round(Vector.Load(source + k) * factor));
                var high = Vector.ConvertToInt32Native(Vector.Round(Vector.Load(source + k + Vector<float>.Count) * factor));
                Vector.Narrow(low, high).Store(target + k);
                sums += low + high;
            }
        }

        var sum = Vector.Sum(sums);
        for (; k < values.Length; k++)
        {
            integers[k] = (short)MathF.Round(values[k] * factor);
            sum += integers[k];
        }

        return sum;
    }

    private void Write(ReadOnlySpan<short> integers, int row)
    {
        if (!plan!.Kernels.AreBytes)
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
