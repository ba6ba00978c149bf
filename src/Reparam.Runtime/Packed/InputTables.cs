using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Tables of signed sums: for each four neighbouring inputs (a quad) the 16 values ±x0±x1±x2±x3, entry n taking x_j with plus when bit j of n is
/// set. Inputs are brought near 1 by a power of two first, so that huge and subnormal ones neither overflow nor lose bits.
/// </summary>
internal static unsafe class InputTables
{
    /// <summary>Bytes that a quad takes in quantised tables, for each plane.</summary>
    public const int PlaneBytes = 16;

    /// <summary>Bytes that a quad takes in exact tables.</summary>
    public const int ExactBytes = 64;

    /// <summary>Exponent by which a half, widened by a shift, is too small.</summary>
    public const int HalfScaleExponent = 112;

    private const int Quad = 4;

    // A row's largest input gets this exponent in the exact kernels: products with a widened half (down to 2^-136) stay normal numbers.
    private const int ExactExponent = 60;

    // Below this a segment's largest sum, whose row has its largest input near 1, is taken for zero: its inverse would overflow.
    private const float Negligible = 1e-30f;

    private const float WideSteps = 32760;
    private const float NarrowSteps = 127;

    /// <summary>Copies an input row into the padded order of the stream, times a power of two that brings its largest element near 1.</summary>
    /// <param name="x">[columns].</param>
    /// <param name="layout">The stream's geometry.</param>
    /// <param name="exact">Whether exact tables will be built.</param>
    /// <param name="padded">[padded columns].</param>
    /// <param name="poisoned">Whether an element is NaN or infinite; zeros are then written.</param>
    /// <returns>e: the row is 2^e times what was written.</returns>
    public static int Normalise(ReadOnlySpan<float> x, StreamLayout layout, bool exact, Span<float> padded, out bool poisoned)
    {
        if (InputRange.Shift(x, exact ? ExactExponent : 0, out poisoned) is not { } shift)
        {
            padded.Clear();
            return 0;
        }

        // Two factors, because 2^shift itself may not be a float.
        var first = Math.Clamp(shift, -126, 126);
        Scale(x, layout, MathF.ScaleB(1, first), padded);
        if (first != shift)
        {
            TensorPrimitives.Multiply(padded, MathF.ScaleB(1, shift - first), padded);
        }

        return -shift;
    }

    /// <summary>Builds 16-bit (two byte planes) or 8-bit tables of one input row.</summary>
    /// <param name="padded">[padded columns], normalised.</param>
    /// <param name="layout">The stream's geometry.</param>
    /// <param name="planes">2: high bytes, then low bytes of four quads each; 1: bytes.</param>
    /// <param name="biased">Whether 2^15 (or 2^7) is added, so that the top bytes are unsigned.</param>
    /// <param name="tables">First segment of this row: [segment][quads of a half chunk][plane][4 quads][16].</param>
    /// <param name="scales">First segment of this row.</param>
    /// <param name="inputs">Input rows that the tables interleave.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void BuildQuantised(
        ReadOnlySpan<float> padded, StreamLayout layout, int planes, bool biased, byte* tables, float* scales, int inputs)
    {
        var steps = planes == 2 ? WideSteps : NarrowSteps;
        var unit = layout.FloatScales ? 1f : MathF.ScaleB(1, HalfScaleExponent);
        var topMask = Vector128.Create((byte)(biased ? 0x80 : 0));
        var segmentBytes = layout.SegmentColumns / Quad * PlaneBytes * planes;
        fixed (float* start = padded)
        {
            var x = start;
            for (var segment = 0; segment < layout.Segments; segment++)
            {
                var largest = LargestSum(x, layout.SegmentColumns);
                var negligible = largest < Negligible;
                var inverse = negligible ? 0 : steps / largest;
                scales[(nint)segment * inputs] = negligible ? 0 : largest / steps * unit;

                var table = tables + (nint)segment * inputs * segmentBytes;
                for (var quad = 0; quad < layout.SegmentColumns / Quad; quad++, x += Quad)
                {
                    SignedSums(x, inverse, out var s0, out var s1, out var s2, out var s3);
                    var low = Vector128.NarrowWithSaturation(Round(s0), Round(s1));
                    var high = Vector128.NarrowWithSaturation(Round(s2), Round(s3));
                    var place = table + (quad / 4 * planes * 4 + quad % 4) * PlaneBytes;
                    if (planes == 2)
                    {
                        var mask = Vector128.Create((short)255);
                        (Vector128.NarrowWithSaturation(low >> 8, high >> 8).AsByte() ^ topMask).Store(place);
                        Vector128.Narrow((low & mask).AsUInt16(), (high & mask).AsUInt16()).Store(place + 4 * PlaneBytes);
                    }
                    else
                    {
                        (Vector128.NarrowWithSaturation(low, high).AsByte() ^ topMask).Store(place);
                    }
                }
            }
        }
    }

    /// <summary>Builds single-precision tables of one input row.</summary>
    /// <param name="padded">[padded columns], normalised.</param>
    /// <param name="layout">The stream's geometry.</param>
    /// <param name="bytePlanes">
    /// Whether the four bytes of the entries are parted, [two quads][byte of the entry][quad][16], as byte shuffles need them; otherwise
    /// [quad][16] floats.
    /// </param>
    /// <param name="tables">First segment of this row.</param>
    /// <param name="inputs">Input rows that the tables interleave, a segment at a time.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static void BuildExact(ReadOnlySpan<float> padded, StreamLayout layout, bool bytePlanes, byte* tables, int inputs)
    {
        var segmentBytes = layout.SegmentColumns / Quad * ExactBytes;
        fixed (float* start = padded)
        {
            var x = start;
            for (var segment = 0; segment < layout.Segments; segment++)
            {
                var table = tables + (nint)segment * inputs * segmentBytes;
                for (var quad = 0; quad < layout.SegmentColumns / Quad; quad++, x += Quad)
                {
                    SignedSums(x, 1, out var s0, out var s1, out var s2, out var s3);
                    if (!bytePlanes)
                    {
                        var place = (float*)(table + quad * ExactBytes);
                        s0.Store(place);
                        s1.Store(place + 4);
                        s2.Store(place + 8);
                        s3.Store(place + 12);
                        continue;
                    }

                    var planes = table + quad / 2 * 2 * ExactBytes + quad % 2 * 16;
                    StorePlane(s0.AsUInt32(), s1.AsUInt32(), s2.AsUInt32(), s3.AsUInt32(), planes);
                    StorePlane(s0.AsUInt32() >> 8, s1.AsUInt32() >> 8, s2.AsUInt32() >> 8, s3.AsUInt32() >> 8, planes + 32);
                    StorePlane(s0.AsUInt32() >> 16, s1.AsUInt32() >> 16, s2.AsUInt32() >> 16, s3.AsUInt32() >> 16, planes + 64);
                    StorePlane(s0.AsUInt32() >> 24, s1.AsUInt32() >> 24, s2.AsUInt32() >> 24, s3.AsUInt32() >> 24, planes + 96);
                }
            }
        }
    }

    private static void Scale(ReadOnlySpan<float> x, StreamLayout layout, float factor, Span<float> padded)
    {
        if (layout.Groups == 1 || layout.GroupSize == layout.PaddedGroupSize)
        {
            TensorPrimitives.Multiply(x, factor, padded[..x.Length]);
            padded[x.Length..].Clear();
            return;
        }

        padded.Clear();
        for (var group = 0; group < layout.Groups; group++)
        {
            var start = group * layout.GroupSize;
            var count = Math.Min(layout.GroupSize, layout.Columns - start);
            TensorPrimitives.Multiply(x.Slice(start, count), factor, padded.Slice(group * layout.PaddedGroupSize, count));
        }
    }

    // The largest |x0|+|x1|+|x2|+|x3| of a segment's quads: no entry of their tables exceeds it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float LargestSum(float* x, int columns)
    {
        var largest = Vector128<float>.Zero;
        for (var k = 0; k < columns; k += 4 * Quad)
        {
            var a = Vector128.Abs(Vector128.Load(x + k));
            var b = Vector128.Abs(Vector128.Load(x + k + 4));
            var c = Vector128.Abs(Vector128.Load(x + k + 8));
            var d = Vector128.Abs(Vector128.Load(x + k + 12));
            largest = Vector128.MaxNative(largest, PairSums(PairSums(a, b), PairSums(c, d)));
        }

        return MathF.Max(MathF.Max(largest[0], largest[1]), MathF.Max(largest[2], largest[3]));
    }

    // (a0+a1, a2+a3, b0+b1, b2+b3)
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> PairSums(Vector128<float> a, Vector128<float> b) => VectorParts.Even(a, b) + VectorParts.Odd(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SignedSums(
        float* x, float factor, out Vector128<float> s0, out Vector128<float> s1, out Vector128<float> s2, out Vector128<float> s3)
    {
        var first = Vector128.Create(x[0] * factor);
        var second = Vector128.Create(x[1] * factor);
        var pair = (first ^ Vector128.Create(-0f, 0f, -0f, 0f)) + (second ^ Vector128.Create(-0f, -0f, 0f, 0f));
        var sum = Vector128.Create(x[2] * factor + x[3] * factor);
        var difference = Vector128.Create(x[2] * factor - x[3] * factor);
        s0 = pair - sum;
        s1 = pair + difference;
        s2 = pair - difference;
        s3 = pair + sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Round(Vector128<float> value) =>
        Sse2.IsSupported ? Sse2.ConvertToVector128Int32(value) : Vector128.ConvertToInt32Native(Vector128.Round(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StorePlane(Vector128<uint> e0, Vector128<uint> e1, Vector128<uint> e2, Vector128<uint> e3, byte* place)
    {
        var mask = Vector128.Create(255u);
        Vector128.Narrow(Vector128.Narrow(e0 & mask, e1 & mask), Vector128.Narrow(e2 & mask, e3 & mask)).Store(place);
    }
}
