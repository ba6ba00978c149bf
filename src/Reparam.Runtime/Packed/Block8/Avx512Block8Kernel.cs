using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.LookUp;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Weights in the layout block8 on AVX-512 VBMI. Sums of quads are looked up as in <see cref="Avx512Kernel{TShape, TPlanes}"/>; the two of eight columns
/// that share a scale are neighbours, which are added to a word. Two such words of a row, multiplied by the integers that stand for their scales, are added
/// to a double word, where sums stay for all planes of a segment.
/// </summary>
/// <remarks>
/// No sum leaves its range: a word of two signed high bytes lies within ±256, one of two low bytes within 0 to 510, multipliers within ±32767, and a
/// segment has at most 16 groups of eight columns. So a plane's high sum is below 256·32767·16 &lt; 2^27, its low sum below 510·32767·16 &lt; 2^28, and
/// four planes, the low ones divided by 256, stay below 2^30.
/// </remarks>
internal static unsafe class Avx512Block8Kernel<TShape, TPlanes, TSets>
    where TShape : struct, IUnitShape
    where TPlanes : struct, ITablePlanes
    where TSets : struct, IScaleSets
{
    private const int Line = 64;
    private const int ReadAhead = 2048;

    private static int HalfTables
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TPlanes.Count * Line;
    }

    private static int SegmentTables
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TShape.Chunks * 2 * HalfTables;
    }

    // What a double word lacks: the high sums are not shifted.
    private static float SumFactor
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TPlanes.Count == 2 ? 256 : 1;
    }

    /// <summary>Multiplies a row block with every input row, or several row blocks interleaved with one.</summary>
    public static void Multiply(in KernelArguments arguments)
    {
        if (arguments.Inputs > 1)
        {
            MultiplyMany(in arguments);
        }
        else
        {
            MultiplyOne(in arguments);
        }
    }

    // Several row blocks interleaved: while the lines of one block are on their way from memory, those of the others are looked up.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MultiplyOne(in KernelArguments arguments)
    {
        var nibbles = Vector512.Create(Avx512Codes.Opaque(Avx512Codes.Nibbles));
        var tableNumbers = Vector512.Create(Avx512Codes.Opaque(Avx512Codes.TableNumbers));
        var ones = Vector512.Create(Avx512Codes.Opaque(0x01010101)).AsByte();
        var blocks = Math.Max(1, arguments.Blocks);
        var bits = arguments.Bits;
        var unitOffset = Block8Layout.UnitOffsetOf(bits, TShape.Chunks, TSets.Count);
        var headBytes = Block8Layout.HeadBytesOf(bits, TShape.Chunks, TSets.Count);
        var segmentBytes = Block8Layout.SegmentBytesOf(bits, TShape.Chunks, TSets.Count);
        var weights = arguments.Weights;
        var tables = arguments.Tables;
        var firstSums = arguments.Sums;
        if (!arguments.Accumulate)
        {
            new Span<float>(firstSums, blocks * PrepackedLayout.BlockRows).Clear();
        }

        for (var segment = 0; segment < arguments.Segments; segment++)
        {
            var step = Vector512.Create(arguments.TableScales[segment] * SumFactor);
            var head = weights;
            var sums = firstSums;
            for (var block = 0; block < blocks; block++)
            {
                var codes = head + headBytes;
                var total = Vector512<int>.Zero;
                for (var bit = 0; bit < bits; bit++)
                {
                    total += Unit(ref codes, head, bit, tables, nibbles, tableNumbers, ones);
                }

                AddSegment(total, step, head + unitOffset, sums);
                head += arguments.BlockDistance;
                sums += PrepackedLayout.BlockRows;
            }

            weights += segmentBytes;
            tables += SegmentTables;
        }
    }

    // The index registers of a unit are made once and used for every input row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MultiplyMany(in KernelArguments arguments)
    {
        var nibbles = Vector512.Create(Avx512Codes.Opaque(Avx512Codes.Nibbles));
        var tableNumbers = Vector512.Create(Avx512Codes.Opaque(Avx512Codes.TableNumbers));
        var ones = Vector512.Create(Avx512Codes.Opaque(0x01010101)).AsByte();
        var bits = arguments.Bits;
        var inputs = arguments.Inputs;
        var unitOffset = Block8Layout.UnitOffsetOf(bits, TShape.Chunks, TSets.Count);
        var headBytes = Block8Layout.HeadBytesOf(bits, TShape.Chunks, TSets.Count);
        var weights = arguments.Weights;
        var segmentTables = arguments.Tables;
        var steps = arguments.TableScales;
        var readAhead = arguments.ReadAhead;
        var totals = stackalloc int[inputs * PrepackedLayout.BlockRows];
        if (!arguments.Accumulate)
        {
            new Span<float>(arguments.Sums, inputs * PrepackedLayout.BlockRows).Clear();
        }

        for (var segment = 0; segment < arguments.Segments; segment++)
        {
            var head = weights;
            weights += headBytes;
            new Span<int>(totals, inputs * PrepackedLayout.BlockRows).Clear();
            for (var bit = 0; bit < bits; bit++)
            {
                var v0 = Avx512Codes.Load(ref weights, readAhead);
                var v1 = TShape.Chunks > 1 ? Avx512Codes.Load(ref weights, readAhead) : v0;
                var v2 = TShape.Chunks > 2 ? Avx512Codes.Load(ref weights, readAhead) : v0;
                var v3 = TShape.Chunks > 3 ? Avx512Codes.Load(ref weights, readAhead) : v0;
                var right0 = Avx512Codes.Right(v0, nibbles, tableNumbers);
                var left0 = Avx512Codes.Left(v0, nibbles, tableNumbers);
                var right1 = Avx512Codes.Right(v1, nibbles, tableNumbers);
                var left1 = Avx512Codes.Left(v1, nibbles, tableNumbers);
                var right2 = Avx512Codes.Right(v2, nibbles, tableNumbers);
                var left2 = Avx512Codes.Left(v2, nibbles, tableNumbers);
                var right3 = Avx512Codes.Right(v3, nibbles, tableNumbers);
                var left3 = Avx512Codes.Left(v3, nibbles, tableNumbers);
                var tables = segmentTables;
                var place = totals;
                for (var input = 0; input < inputs; input++)
                {
                    var sum = Products(left0, right0, left1, right1, left2, right2, left3, right3, head, bit, tables, ones);
                    (Vector512.Load(place) + sum).Store(place);
                    tables += SegmentTables;
                    place += PrepackedLayout.BlockRows;
                }
            }

            for (var input = 0; input < inputs; input++)
            {
                var place = arguments.Sums + (input * PrepackedLayout.BlockRows);
                var step = Vector512.Create(steps[input] * SumFactor);
                AddSegment(Vector512.Load(totals + (input * PrepackedLayout.BlockRows)), step, head + unitOffset, place);
            }

            segmentTables += (nint)inputs * SegmentTables;
            steps += inputs;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Unit(
        ref byte* weights, byte* head, int bit, byte* tables, Vector512<uint> nibbles, Vector512<uint> tableNumbers, Vector512<byte> ones)
    {
        var v0 = Avx512Codes.Load(ref weights, ReadAhead);
        var v1 = TShape.Chunks > 1 ? Avx512Codes.Load(ref weights, ReadAhead) : v0;
        var v2 = TShape.Chunks > 2 ? Avx512Codes.Load(ref weights, ReadAhead) : v0;
        var v3 = TShape.Chunks > 3 ? Avx512Codes.Load(ref weights, ReadAhead) : v0;
        var right0 = Avx512Codes.Right(v0, nibbles, tableNumbers);
        var left0 = Avx512Codes.Left(v0, nibbles, tableNumbers);
        var right1 = Avx512Codes.Right(v1, nibbles, tableNumbers);
        var left1 = Avx512Codes.Left(v1, nibbles, tableNumbers);
        var right2 = Avx512Codes.Right(v2, nibbles, tableNumbers);
        var left2 = Avx512Codes.Left(v2, nibbles, tableNumbers);
        var right3 = Avx512Codes.Right(v3, nibbles, tableNumbers);
        var left3 = Avx512Codes.Left(v3, nibbles, tableNumbers);
        return Products(left0, right0, left1, right1, left2, right2, left3, right3, head, bit, tables, ones);
    }

    // Look-ups come before products and products before sums: a processor's window then holds more work that does not wait.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Products(
        Vector512<byte> left0, Vector512<byte> right0, Vector512<byte> left1, Vector512<byte> right1,
        Vector512<byte> left2, Vector512<byte> right2, Vector512<byte> left3, Vector512<byte> right3, byte* head, int bit, byte* tables, Vector512<byte> ones)
    {
        var factors = head + (bit * TShape.Chunks * 2 * TSets.Count * sizeof(int));
        var (factor0, factor1) = (Factor(factors, 0), Factor(factors, 1));
        var (factor2, factor3) = TShape.Chunks > 1 ? (Factor(factors, 2), Factor(factors, 3)) : (factor0, factor1);
        var (factor4, factor5) = TShape.Chunks > 2 ? (Factor(factors, 4), Factor(factors, 5)) : (factor0, factor1);
        var (factor6, factor7) = TShape.Chunks > 3 ? (Factor(factors, 6), Factor(factors, 7)) : (factor0, factor1);
        var words0 = High(left0, tables, 0, ones);
        var words1 = High(right0, tables, 1, ones);
        var words2 = TShape.Chunks > 1 ? High(left1, tables, 2, ones) : words0;
        var words3 = TShape.Chunks > 1 ? High(right1, tables, 3, ones) : words0;
        var words4 = TShape.Chunks > 2 ? High(left2, tables, 4, ones) : words0;
        var words5 = TShape.Chunks > 2 ? High(right2, tables, 5, ones) : words0;
        var words6 = TShape.Chunks > 3 ? High(left3, tables, 6, ones) : words0;
        var words7 = TShape.Chunks > 3 ? High(right3, tables, 7, ones) : words0;
        var high = Sum(words0, words1, words2, words3, words4, words5, words6, words7, factor0, factor1, factor2, factor3, factor4, factor5, factor6, factor7);
        if (TPlanes.Count == 1)
        {
            return high;
        }

        words0 = Low(left0, tables, 0, ones);
        words1 = Low(right0, tables, 1, ones);
        words2 = TShape.Chunks > 1 ? Low(left1, tables, 2, ones) : words0;
        words3 = TShape.Chunks > 1 ? Low(right1, tables, 3, ones) : words0;
        words4 = TShape.Chunks > 2 ? Low(left2, tables, 4, ones) : words0;
        words5 = TShape.Chunks > 2 ? Low(right2, tables, 5, ones) : words0;
        words6 = TShape.Chunks > 3 ? Low(left3, tables, 6, ones) : words0;
        words7 = TShape.Chunks > 3 ? Low(right3, tables, 7, ones) : words0;
        return high + (Sum(
            words0, words1, words2, words3, words4, words5, words6, words7, factor0, factor1, factor2, factor3, factor4, factor5, factor6, factor7) >> 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Sum(
        Vector512<short> words0, Vector512<short> words1, Vector512<short> words2, Vector512<short> words3,
        Vector512<short> words4, Vector512<short> words5, Vector512<short> words6, Vector512<short> words7,
        Vector512<short> factor0, Vector512<short> factor1, Vector512<short> factor2, Vector512<short> factor3,
        Vector512<short> factor4, Vector512<short> factor5, Vector512<short> factor6, Vector512<short> factor7)
    {
        var sum = Pair(words0, words1, factor0, factor1);
        sum = TShape.Chunks > 1 ? sum + Pair(words2, words3, factor2, factor3) : sum;
        sum = TShape.Chunks == 3 ? sum + Pair(words4, words5, factor4, factor5) : sum;
        return TShape.Chunks > 3 ? sum + (Pair(words4, words5, factor4, factor5) + Pair(words6, words7, factor6, factor7)) : sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Pair(Vector512<short> words, Vector512<short> others, Vector512<short> factor, Vector512<short> other) =>
        Avx512BW.MultiplyAddAdjacent(words, factor) + Avx512BW.MultiplyAddAdjacent(others, other);

    // The multipliers of two groups, for all rows or for the rows 0 to 7 and 8 to 15, which then take turns.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Factor(byte* factors, int half) => TSets.Count == 1
        ? Vector512.Create(((int*)factors)[half]).AsInt16()
        : Vector512.Create(((long*)factors)[half]).AsInt16();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> High(Vector512<byte> index, byte* tables, int half, Vector512<byte> ones) =>
        Avx512BW.MultiplyAddAdjacent(ones, Avx512Codes.LookUp(tables + (half * HalfTables), index).AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<short> Low(Vector512<byte> index, byte* tables, int half, Vector512<byte> ones) =>
        Avx512BW.MultiplyAddAdjacent(Avx512Codes.LookUp(tables + ((half * HalfTables) + Line), index), ones.AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddSegment(Vector512<int> total, Vector512<float> step, byte* units, float* sums)
    {
        var products = Vector512.ConvertToSingle(total) * step;
        if (TSets.Count == 1)
        {
            Vector512.FusedMultiplyAdd(products, Vector512.Create(*(float*)units), Vector512.Load(sums)).Store(sums);
            return;
        }

        // The lanes hold the rows 0 8 1 9 and so on.
        products *= Vector512.Create(*(double*)units).AsSingle();
        products = Avx512F.PermuteVar16x32(products, Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15));
        (Vector512.Load(sums) + products).Store(sums);
    }
}
