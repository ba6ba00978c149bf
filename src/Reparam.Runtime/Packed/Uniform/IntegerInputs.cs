using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>The input rows of a pass as integers, in the order that the kernels read them. Rows may be taken on several threads.</summary>
internal sealed unsafe class IntegerInputs
{
    /// <summary>Most input rows of a pass.</summary>
    public const int MaxRows = 32;

    private const int MaxPlanes = 2 * MaxRows;

    // Exponent of a row's largest input, far from both ends of the range of floats.
    private const int Exponent = 40;

    // Below this a segment is nothing beside the largest input of its row, and its scale could not be inverted.
    private const float Negligible = 1f / (1L << 62);

    [ThreadStatic]
    private static float[]? scaled;

    [ThreadStatic]
    private static short[]? rounded;

    private readonly ProductFactor[] factors = new ProductFactor[MaxRows];
    private readonly int[] together = new int[MaxPlanes];
    private readonly int[] lane = new int[MaxPlanes];
    private readonly nint[] offset = new nint[MaxPlanes];
    private AlignedMemory codes = new(0);
    private AlignedMemory segments = new(0);
    private float* scales;
    private int* sums;
    private IntegerPlan? plan;

    /// <summary>Input rows.</summary>
    public int Rows { get; private set; }

    /// <summary>Planes of all rows, and those of padding.</summary>
    public int PaddedPlanes { get; private set; }

    /// <summary>Begins a pass.</summary>
    /// <param name="use">How inputs are rounded and laid out.</param>
    /// <param name="rows">Input rows, 1 to <see cref="MaxRows"/>.</param>
    public void Begin(IntegerPlan use, int rows)
    {
        (plan, Rows) = (use, rows);
        var rowInts = (nint)UniformTiles.Steps(use.Columns) * use.Kernels.InputsOfStep;
        var planes = rows * use.Planes;
        for (PaddedPlanes = 0; PaddedPlanes < planes;)
        {
            var group = use.Kernels.Together(planes - PaddedPlanes);
            for (var i = 0; i < group; i++)
            {
                (together[PaddedPlanes + i], lane[PaddedPlanes + i], offset[PaddedPlanes + i]) = (group, i, PaddedPlanes * rowInts);
            }

            PaddedPlanes += group;
        }

        var bytes = PaddedPlanes * rowInts * sizeof(int);
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
        for (var plane = planes; plane < PaddedPlanes; plane++)
        {
            ClearPlane(plane);
        }
    }

    /// <summary>Ends the pass.</summary>
    public void End() => plan = null;

    /// <summary>Planes that are multiplied together with this one, the first of them.</summary>
    public int Together(int plane) => together[plane];

    /// <summary>The integers of some planes, the first of which is given, from a step on.</summary>
    public int* Codes(int plane, int step) => (int*)codes.Start + offset[plane] + ((nint)step * plan!.Kernels.InputsOfStep * together[plane]);

    /// <summary>What an integer of a row's segment stands for, [rows, segments]; the row's <see cref="Factor"/> comes on top.</summary>
    public float* Scales => scales;

    /// <summary>The sums of the integers of a row's segment, [rows, segments].</summary>
    public int* Sums => sums;

    /// <summary>The power of two of a row's products.</summary>
    /// <param name="row">Input row.</param>
    public ProductFactor Factor(int row) => factors[row];

    /// <summary>Rounds an input row.</summary>
    /// <param name="x">[columns].</param>
    /// <param name="row">Its number in the pass.</param>
    /// <param name="scaleExponent">The power of two of the weights' scales.</param>
    public void Take(ReadOnlySpan<float> x, int row, int scaleExponent)
    {
        var use = plan!;
        var padded = UniformTiles.Steps(use.Columns) * UniformTiles.StepColumns;
        if (rounded is null || rounded.Length < padded)
        {
            (scaled, rounded) = (new float[padded], new short[padded]);
        }

        var integers = rounded.AsSpan(0, padded);
        integers[use.Columns..].Clear();
        factors[row] = use.Inputs is null ? RoundToOwn(x, row, scaleExponent, integers) : RoundToGiven(x, row, scaleExponent, integers);
        for (var i = 0; i < use.Segments.Length; i++)
        {
            var segment = use.Segments[i];
            sums[((nint)row * use.Segments.Length) + i] = Sum(integers.Slice(segment.Column, segment.Columns));
        }

        Write(integers, row);
    }

    private ProductFactor RoundToOwn(ReadOnlySpan<float> x, int row, int scaleExponent, Span<short> integers)
    {
        var use = plan!;
        var rowScales = new Span<float>(scales + ((nint)row * use.Segments.Length), use.Segments.Length);
        if (InputRange.Shift(x, Exponent, out var hasNonFinite) is not { } shift)
        {
            integers.Clear();
            rowScales.Clear();
            return new ProductFactor(hasNonFinite, 0);
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
                rowScales[i] = 0;
                continue;
            }

            rowScales[i] = largest / use.Steps;
            Round(part, use.Steps / largest, integers[segment.Column..]);
        }

        return new ProductFactor(false, (long)scaleExponent - shift);
    }

    // The integers are those of the grid less its middle, so that they fit a byte.
    private ProductFactor RoundToGiven(ReadOnlySpan<float> x, int row, int scaleExponent, Span<short> integers)
    {
        var use = plan!;
        var rowScales = new Span<float>(scales + ((nint)row * use.Segments.Length), use.Segments.Length);
        if (!float.IsFinite(TensorPrimitives.MaxMagnitude(x)))
        {
            integers.Clear();
            rowScales.Clear();
            return new ProductFactor(true, 0);
        }

        var (scale, zero) = (use.Inputs!.Scales.Span[0], use.Inputs.ZeroPoints.Span[0]);
        var values = scaled.AsSpan(0, use.Columns);
        InputGrid.Round(x, scale, zero, use.Inputs.Bits, values);
        TensorPrimitives.Add(values, zero - (1 << (use.Inputs.Bits - 1)), values);
        Round(values, 1, integers);

        var exponent = MathF.ILogB(scale);
        rowScales.Fill(MathF.ScaleB(scale, -exponent));
        return new ProductFactor(false, (long)scaleExponent + exponent);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Round(ReadOnlySpan<float> values, float factor, Span<short> integers)
    {
        var k = 0;
        fixed (float* source = values)
        fixed (short* target = integers)
        {
            for (; k + (2 * Vector<float>.Count) <= values.Length; k += 2 * Vector<float>.Count)
            {
                var low = Vector.ConvertToInt32Native(Vector.Round(Vector.Load(source + k) * factor));
                var high = Vector.ConvertToInt32Native(Vector.Round(Vector.Load(source + k + Vector<float>.Count) * factor));
                Vector.Narrow(low, high).Store(target + k);
            }
        }

        for (; k < values.Length; k++)
        {
            integers[k] = (short)MathF.Round(values[k] * factor);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Sum(ReadOnlySpan<short> integers)
    {
        var sums = Vector<int>.Zero;
        var k = 0;
        for (; k + Vector<short>.Count <= integers.Length; k += Vector<short>.Count)
        {
            Vector.Widen(new Vector<short>(integers[k..]), out var low, out var high);
            sums += low + high;
        }

        var sum = Vector.Sum(sums);
        for (; k < integers.Length; k++)
        {
            sum += integers[k];
        }

        return sum;
    }

    private void Write(ReadOnlySpan<short> integers, int row)
    {
        if (!plan!.Kernels.AreBytes)
        {
            WriteWords(integers, row);
        }
        else if (plan.Planes == 1)
        {
            WriteBytes(integers, row);
        }
        else
        {
            WritePlanes(integers, 2 * row);
        }
    }

    // The even bytes of the weights are columns 0 and 1 of each four, the odd ones columns 2 and 3.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteWords(ReadOnlySpan<short> integers, int plane)
    {
        var stride = together[plane];
        var place = Codes(plane, 0) + lane[plane];
        fixed (short* source = integers)
        {
            for (var k = 0; k < integers.Length; k += 4, place += 2 * stride)
            {
                place[0] = *(int*)(source + k);
                place[stride] = *(int*)(source + k + 2);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WriteBytes(ReadOnlySpan<short> integers, int plane)
    {
        var stride = together[plane];
        var place = Codes(plane, 0) + lane[plane];
        fixed (short* source = integers)
        {
            for (var k = 0; k < integers.Length; k += 4, place += stride)
            {
                *place = Bytes(source[k], source[k + 2], source[k + 1], source[k + 3]);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void WritePlanes(ReadOnlySpan<short> integers, int plane)
    {
        // Both planes are among those that are multiplied together.
        var stride = together[plane];
        var place = Codes(plane, 0) + lane[plane];
        fixed (short* source = integers)
        {
            for (var k = 0; k < integers.Length; k += 4, place += stride)
            {
                place[0] = Bytes((source[k] + 128) >> 8, (source[k + 2] + 128) >> 8, (source[k + 1] + 128) >> 8, (source[k + 3] + 128) >> 8);
                place[1] = Bytes(source[k], source[k + 2], source[k + 1], source[k + 3]);
            }
        }
    }

    // The low bytes, in the order of the weights: columns 0, 2, 1, 3. That of 256·high + low, with high rounded, is low as a signed byte.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Bytes(int a, int b, int c, int d) => (byte)a | ((byte)b << 8) | ((byte)c << 16) | (d << 24);

    private void ClearPlane(int plane)
    {
        var place = Codes(plane, 0) + lane[plane];
        var count = (nint)UniformTiles.Steps(plan!.Columns) * plan.Kernels.InputsOfStep;
        for (nint i = 0; i < count; i++, place += together[plane])
        {
            *place = 0;
        }
    }
}
