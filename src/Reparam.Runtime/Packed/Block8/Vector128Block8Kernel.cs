using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Weights in the layout block8 on portable 128-bit vectors: eight columns of sixteen rows at a time, in the order of <see cref="Avx2Block8Kernel{TShape, TPlanes, TSets}"/>, whose sums are multiplied
/// by the scale in single precision.
/// </summary>
internal static unsafe class Vector128Block8Kernel<TShape, TPlanes, TSets, TLookUp>
    where TShape : struct, IUnitShape
    where TPlanes : struct, ITablePlanes
    where TSets : struct, IScaleSets
    where TLookUp : struct, IByteLookUp
{
    private const int Part = 16;
    private const int PlaneBytes = 64;

    private static int HalfTables
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TPlanes.Count * PlaneBytes;
    }

    private static int SegmentTables
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TShape.Chunks * 2 * HalfTables;
    }

    /// <summary>Multiplies a row block with every input row.</summary>
    public static void Multiply(in KernelArguments arguments)
    {
        for (var input = 0; input < arguments.Inputs; input++)
        {
            MultiplyOne(in arguments, input);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MultiplyOne(in KernelArguments arguments, int input)
    {
        var stream = arguments.Stream;
        var inputs = arguments.Inputs;
        var segmentTables = arguments.Tables + (nint)input * SegmentTables;
        var steps = arguments.TableScales + input;
        var bits = arguments.Bits;
        var unitOffset = Block8Layout.UnitOffsetOf(bits, TShape.Chunks, TSets.Count);
        var headBytes = Block8Layout.HeadBytesOf(bits, TShape.Chunks, TSets.Count);
        var sums = arguments.Sums + input * StreamLayout.BlockRows;
        if (!arguments.Accumulate)
        {
            new Span<float>(sums, StreamLayout.BlockRows).Clear();
        }

        for (var segment = 0; segment < arguments.Segments; segment++)
        {
            var factors = (short*)stream;
            var units = (float*)(stream + unitOffset);
            stream += headBytes;
            var total = default(RowSums);
            for (var bit = 0; bit < bits; bit++)
            {
                var tables = segmentTables;
                for (var chunk = 0; chunk < TShape.Chunks; chunk++)
                {
                    // The four groups of a chunk; factors come in the order 0, 2, 1, 3.
                    total.Add(stream, tables, factors);
                    total.Add(stream + Part, tables + Part, factors + (2 * TSets.Count));
                    total.Add(stream + (2 * Part), tables + HalfTables, factors + 1);
                    total.Add(stream + (3 * Part), tables + (HalfTables + Part), factors + ((2 * TSets.Count) + 1));
                    stream += 4 * Part;
                    tables += 2 * HalfTables;
                    factors += 4 * TSets.Count;
                }
            }

            total.Store(sums, Vector128.Create(*steps), Vector128.Create(units[0]), Vector128.Create(units[TSets.Count - 1]));
            segmentTables += (nint)inputs * SegmentTables;
            steps += inputs;
        }
    }

    private struct RowSums
    {
        private Vector128<float> a;
        private Vector128<float> b;
        private Vector128<float> c;
        private Vector128<float> d;

        /// <summary>Adds eight columns of sixteen rows: one quad in the low halves of the bytes, another in the high halves.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Add(byte* codes, byte* tables, short* factors)
        {
            var mask = Vector128.Create((byte)0x0F);
            var pairs = Vector128.Load(codes);
            var left = pairs & mask;
            var right = (pairs.AsUInt16() >>> 4).AsByte() & mask;
            var first = TLookUp.LookUp(Vector128.Load(tables), left).AsInt16();
            var second = TLookUp.LookUp(Vector128.Load(tables + (2 * Part)), right).AsInt16();
            var even = ((first << 8) >> 8) + ((second << 8) >> 8);
            var odd = (first >> 8) + (second >> 8);
            var (lowEven, lowOdd) = (even, odd);
            if (TPlanes.Count == 2)
            {
                var words = Vector128.Create((short)255);
                first = TLookUp.LookUp(Vector128.Load(tables + PlaneBytes), left).AsInt16();
                second = TLookUp.LookUp(Vector128.Load(tables + (PlaneBytes + (2 * Part))), right).AsInt16();
                lowEven = (first & words) + (second & words);
                lowOdd = (first >>> 8) + (second >>> 8);
            }

            var factor = Vector128.Create((float)factors[0]);
            a += Join(Vector128.WidenLower(even), Vector128.WidenLower(lowEven)) * factor;
            b += Join(Vector128.WidenUpper(even), Vector128.WidenUpper(lowEven)) * factor;
            factor = TSets.Count == 1 ? factor : Vector128.Create((float)factors[2]);
            c += Join(Vector128.WidenLower(odd), Vector128.WidenLower(lowOdd)) * factor;
            d += Join(Vector128.WidenUpper(odd), Vector128.WidenUpper(lowOdd)) * factor;
        }

        /// <summary>Adds the sums of a segment to those of the rows.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly void Store(float* sums, Vector128<float> step, Vector128<float> unit, Vector128<float> lastUnit)
        {
            (Vector128.Load(sums) + (a * step * unit)).Store(sums);
            (Vector128.Load(sums + 4) + (b * step * unit)).Store(sums + 4);
            (Vector128.Load(sums + 8) + (c * step * lastUnit)).Store(sums + 8);
            (Vector128.Load(sums + 12) + (d * step * lastUnit)).Store(sums + 12);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector128<float> Join(Vector128<int> high, Vector128<int> low) => Vector128.ConvertToSingle(TPlanes.Count == 2 ? (high << 8) + low : high);
    }
}
