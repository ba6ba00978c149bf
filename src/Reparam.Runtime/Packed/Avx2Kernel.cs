using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Quantised tables on AVX2: a byte shuffle looks one quad up for 16 rows in each lane. Table bytes are unsigned (biased). They are never widened one by one: see <see cref="ByteSums"/>.
/// A unit's sums are finished, step by step, while the next unit is looked up, so that the long chain of their few operations costs no time of its own.
/// </summary>
internal static unsafe class Avx2Kernel<TShape, TPlanes>
    where TShape : struct, IUnitShape
    where TPlanes : struct, ITablePlanes
{
    private const int Part = 32;
    private const int PlaneBytes = 64;
    private const int ReadAhead = 4096;

    // The value of a byte that stands for zero.
    private const int ByteBias = 128;

    // Code vectors of sixteen columns that are summed together.
    private static int Halves
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TShape.Split ? 1 : 2 * TShape.Chunks;
    }

    private static int Sets
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TShape.Split ? 2 : 1;
    }

    private static int UnitCodes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TShape.Chunks * StreamLayout.ChunkBytes;
    }

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

    // Bytes that a unit adds for each row, in the two lanes.
    private static int Added
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 4 * Halves;
    }

    // Bytes that a mean is of: a power of two, so three chunks are filled up with zeros.
    private static int Averaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TShape.Chunks == 3 ? Added + 8 : Added;
    }

    /// <summary>Multiplies a row block with every input row, or several row blocks with one.</summary>
    public static void Multiply(in KernelArguments arguments)
    {
        if (!arguments.Accumulate)
        {
            new Span<float>(arguments.Sums, Math.Max(arguments.Inputs, arguments.Blocks) * StreamLayout.BlockRows).Clear();
        }

        if (arguments.Inputs > 1)
        {
            MultiplyMany(in arguments);
        }
        else
        {
            MultiplyOne(in arguments);
        }
    }

    // Several row blocks in turn: while the lines of one stream are on their way from memory, those of the others are looked up.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MultiplyOne(in KernelArguments arguments)
    {
        var stream = arguments.Stream;
        var distance = arguments.BlockDistance;
        var tables = arguments.Tables;
        var (bits, floatScales) = (arguments.Bits, arguments.FloatScales);
        var scaleBytes = StreamLayout.BlockRows * (floatScales ? sizeof(float) : sizeof(ushort));
        var endSums = arguments.Sums + (Math.Max(1, arguments.Blocks) * StreamLayout.BlockRows);
        var nibble = Vector256.Create(Opaque(0x0F));
        var sums = Zero();
        var old = new Target { Scales = stream + UnitCodes, Step = arguments.TableScales, Sums = arguments.Sums, FloatScales = floatScales };
        for (var segment = 0; segment < arguments.Segments; segment++)
        {
            for (var bit = 0; bit < bits; bit++)
            {
                var codes = stream;
                for (var blockSums = arguments.Sums; blockSums < endSums; blockSums += StreamLayout.BlockRows)
                {
                    for (var set = 0; set < Sets; set++)
                    {
                        AddUnit<InPairs>(codes + (set * Part), tables + (set * HalfTables), nibble, ref sums, old);
                        old.Scales = codes + UnitCodes + (set * scaleBytes);
                        old.Step = arguments.TableScales + segment;
                        old.Sums = blockSums;
                    }

                    codes += distance;
                }

                stream += UnitCodes + (Sets * scaleBytes);
            }

            tables += SegmentTables;
        }

        Finish(sums, old);
    }

    // The indices of a unit are made once and used for every input row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MultiplyMany(in KernelArguments arguments)
    {
        var indices = stackalloc byte[4 * 2 * 2 * Part];
        var stream = arguments.Stream;
        var tables = arguments.Tables;
        var (inputs, bits, floatScales) = (arguments.Inputs, arguments.Bits, arguments.FloatScales);
        var scaleBytes = StreamLayout.BlockRows * (floatScales ? sizeof(float) : sizeof(ushort));
        var nibble = Vector256.Create(Opaque(0x0F));
        var sums = Zero();
        var old = new Target { Scales = stream + UnitCodes, Step = arguments.TableScales, Sums = arguments.Sums, FloatScales = floatScales };
        for (var segment = 0; segment < arguments.Segments; segment++)
        {
            for (var bit = 0; bit < bits; bit++)
            {
                for (var half = 0; half < 2 * TShape.Chunks; half++)
                {
                    InPairs.Indices(stream, half, nibble, out var left, out var right);
                    left.Store(indices + (2 * half * Part));
                    right.Store(indices + (((2 * half) + 1) * Part));
                }

                for (var chunk = 0; chunk < TShape.Chunks; chunk++)
                {
                    Sse.Prefetch0(stream + arguments.ReadAhead + (chunk * StreamLayout.ChunkBytes));
                }

                for (var set = 0; set < Sets; set++)
                {
                    var scales = stream + UnitCodes + (set * scaleBytes);
                    var table = tables + (set * HalfTables);
                    for (var input = 0; input < inputs; input++)
                    {
                        AddUnit<Apart>(indices + (set * 2 * Part), table, nibble, ref sums, old);
                        old.Scales = scales;
                        old.Step = arguments.TableScales + (segment * inputs) + input;
                        old.Sums = arguments.Sums + (input * StreamLayout.BlockRows);
                        table += SegmentTables;
                    }
                }

                stream += UnitCodes + (Sets * scaleBytes);
            }

            tables += (nint)inputs * SegmentTables;
        }

        Finish(sums, old);
    }

    // A constant that the compiler cannot see, so that it stays in a register.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte Opaque(byte value) => value;

    // Sums that come to nothing, whatever scales they are multiplied by.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ByteSums Zero()
    {
        var mean = Vector128.Create((byte)(ByteBias * Added / Averaged));
        return new ByteSums(Vector256<byte>.Zero, TPlanes.Count == 2 ? Vector256.Create(Vector128<byte>.Zero, mean) : Vector256.Create(mean, mean));
    }

    // Looks one unit up, or half a chunk with its own scales, and meanwhile finishes the sums of another.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddUnit<TCodes>(byte* codes, byte* tables, Vector256<byte> nibble, ref ByteSums sums, Target old)
        where TCodes : struct, ICodes
    {
        Widen(sums, out var a, out var b);
        if (Halves == 1)
        {
            TCodes.Indices(codes, 0, nibble, out var left, out var right);
            var single = ByteSums.Of(LookUp(tables, 0, 0, left), LookUp(tables, 0, 1, right));
            sums = TPlanes.Count == 2 ? ByteSums.OfPlanes(single, ByteSums.Of(LookUp(tables, 0, 2, left), LookUp(tables, 0, 3, right))) : single.OfLanes();
            PartPlanes(ref a, ref b);
            Totals(ref a, ref b);
            Convert(ref a, ref b, old.Step);
            Store(a, b, old);
            return;
        }

        AddChunk<TCodes>(codes, tables, 0, nibble, out var high, out var low);
        PartPlanes(ref a, ref b);
        if (TShape.Chunks > 1)
        {
            AddChunk<TCodes>(codes, tables, 1, nibble, out var high1, out var low1);
            high = high.With(high1);
            low = low.With(low1);
        }

        Totals(ref a, ref b);
        ByteSums high2 = default, low2 = default;
        if (TShape.Chunks > 2)
        {
            AddChunk<TCodes>(codes, tables, 2, nibble, out high2, out low2);
        }

        Convert(ref a, ref b, old.Step);
        if (TShape.Chunks > 2)
        {
            ByteSums high3 = default, low3 = default;
            if (TShape.Chunks > 3)
            {
                AddChunk<TCodes>(codes, tables, 3, nibble, out high3, out low3);
            }

            high = high.With(high2.With(high3));
            low = low.With(low2.With(low3));
        }

        Store(a, b, old);
        sums = TPlanes.Count == 2 ? ByteSums.OfPlanes(high, low) : high.OfLanes();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(ByteSums sums, Target target)
    {
        Widen(sums, out var a, out var b);
        PartPlanes(ref a, ref b);
        Totals(ref a, ref b);
        Convert(ref a, ref b, target.Step);
        Store(a, b, target);
    }

    // Thirty-two columns of sixteen rows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddChunk<TCodes>(byte* codes, byte* tables, int chunk, Vector256<byte> nibble, out ByteSums high, out ByteSums low)
        where TCodes : struct, ICodes
    {
        TCodes.Prefetch(codes, chunk);
        TCodes.Indices(codes, 2 * chunk, nibble, out var left0, out var right0);
        TCodes.Indices(codes, (2 * chunk) + 1, nibble, out var left1, out var right1);
        high = ByteSums.Of(LookUp(tables, 2 * chunk, 0, left0), LookUp(tables, 2 * chunk, 1, right0), LookUp(tables, (2 * chunk) + 1, 0, left1), LookUp(tables, (2 * chunk) + 1, 1, right1));
        low = TPlanes.Count == 2
            ? ByteSums.Of(LookUp(tables, 2 * chunk, 2, left0), LookUp(tables, 2 * chunk, 3, right0), LookUp(tables, (2 * chunk) + 1, 2, left1), LookUp(tables, (2 * chunk) + 1, 3, right1))
            : default;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> LookUp(byte* tables, int half, int part, Vector256<byte> index) =>
        Avx2.Shuffle(Vector256.Load(tables + ((half * HalfTables) + (part * Part))), index);

    // The sums as words. Two planes: a holds low sums of rows 0 8 1 9 2 10 3 11, then high ones, b those of 4 12 5 13 6 14 7 15. One plane: a holds all sixteen.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Widen(ByteSums sums, out Vector256<int> a, out Vector256<int> b)
    {
        // What a mean is too large by, at most 80 in all: bytes suffice for it.
        var excess = Summed(sums.Means) - sums.Bytes;
        var weights = Vector256.Create((ushort)(0xFF00 | Averaged)).AsSByte();
        var first = Avx2.UnpackLow(sums.Means, excess);
        var last = Avx2.UnpackHigh(sums.Means, excess);
        if (TPlanes.Count == 2)
        {
            a = Avx2.MultiplyAddAdjacent(first, weights).AsInt32();
            b = Avx2.MultiplyAddAdjacent(last, weights).AsInt32();
        }
        else
        {
            a = Avx2.MultiplyAddAdjacent(Avx2.Blend(first.AsInt32(), last.AsInt32(), 0b1111_0000).AsByte(), weights).AsInt32();
            b = default;
        }
    }

    // Means times the number of bytes that they are of, modulo 256. A shift must be a literal to be one instruction.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Summed(Vector256<byte> means)
    {
        var words = means.AsUInt16();
        words = Averaged == 4 ? words << 2 : Averaged == 8 ? words << 3 : Averaged == 16 ? words << 4 : words << 5;
        return words.AsByte() & Vector256.Create((byte)(256 - Averaged));
    }

    // Two planes: a becomes the low sums of all rows, b the high ones. Takes the bias away.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PartPlanes(ref Vector256<int> a, ref Vector256<int> b)
    {
        var bias = Vector256.Create((short)(ByteBias * Added));
        if (TPlanes.Count == 2)
        {
            var low = Avx2.Permute2x128(a, b, 0x20);
            b = (Avx2.Permute2x128(a, b, 0x31).AsInt16() - bias).AsInt32();
            a = low;
        }
        else
        {
            a = (a.AsInt16() - bias).AsInt32();
        }
    }

    // a becomes the totals of rows 0 to 7, which stand in the low words, b those of rows 8 to 15.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Totals(ref Vector256<int> a, ref Vector256<int> b)
    {
        var (lowWords, highWords) = (Vector256.Create(1).AsInt16(), Vector256.Create(1 << 16).AsInt16());
        if (TPlanes.Count == 2)
        {
            var first = Avx2.MultiplyAddAdjacent(a.AsInt16(), lowWords) + Avx2.MultiplyAddAdjacent(b.AsInt16(), Vector256.Create(256).AsInt16());
            b = Avx2.MultiplyAddAdjacent(a.AsInt16(), highWords) + Avx2.MultiplyAddAdjacent(b.AsInt16(), Vector256.Create(256 << 16).AsInt16());
            a = first;
        }
        else
        {
            b = a >> 16;
            a = Avx2.MultiplyAddAdjacent(a.AsInt16(), lowWords);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Convert(ref Vector256<int> a, ref Vector256<int> b, float* step)
    {
        var factor = Vector256.Create(*step);
        a = (Vector256.ConvertToSingle(a) * factor).AsInt32();
        b = (Vector256.ConvertToSingle(b) * factor).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector256<int> a, Vector256<int> b, Target target)
    {
        var first = target.Sums;
        var scales = target.Scales;
        var last = first + Vector256<float>.Count;
        Fma.MultiplyAdd(a.AsSingle(), ScaleLoads.Next256(ref scales, target.FloatScales), Vector256.Load(first)).Store(first);
        Fma.MultiplyAdd(b.AsSingle(), ScaleLoads.Next256(ref scales, target.FloatScales), Vector256.Load(last)).Store(last);
    }

    // Where the sums of a unit go.
    private struct Target
    {
        public byte* Scales;
        public float* Step;
        public float* Sums;
        public bool FloatScales;
    }

    /// <summary>
    /// Sums of bytes that are exact and cost two operations a vector: the bytes added with wrap-around, and their mean, rounded up at each of the halvings that lead to it. With five halvings
    /// the mean of 32 bytes is too large by less than 2.5, their sum by at most 80; the byte that wrapped around then says by how much.
    /// </summary>
    private struct ByteSums(Vector256<byte> bytes, Vector256<byte> means)
    {
        public Vector256<byte> Bytes = bytes;
        public Vector256<byte> Means = means;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ByteSums Of(Vector256<byte> a, Vector256<byte> b) => new(a + b, Avx2.Average(a, b));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ByteSums Of(Vector256<byte> a, Vector256<byte> b, Vector256<byte> c, Vector256<byte> d) => new((a + b) + (c + d), Avx2.Average(Avx2.Average(a, b), Avx2.Average(c, d)));

        /// <summary>Low sums in the lower lane, high ones in the upper: both lanes of each added.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ByteSums OfPlanes(ByteSums high, ByteSums low) => new(
            Straight(low.Bytes, high.Bytes) + Crossed(low.Bytes, high.Bytes), Avx2.Average(Straight(low.Means, high.Means), Crossed(low.Means, high.Means)));

        /// <summary>Of as many bytes again.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly ByteSums With(ByteSums other) => new(Bytes + other.Bytes, Avx2.Average(Means, other.Means));

        /// <summary>Both lanes added, in either.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly ByteSums OfLanes() => new(Bytes + Crossed(Bytes, Bytes), Avx2.Average(Means, Crossed(Means, Means)));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<byte> Straight(Vector256<byte> low, Vector256<byte> high) => Avx2.Blend(low.AsInt32(), high.AsInt32(), 0b1111_0000).AsByte();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<byte> Crossed(Vector256<byte> low, Vector256<byte> high) => Avx2.Permute2x128(low, high, 0x21);
    }

    // Where the indices of sixteen columns come from.
    private interface ICodes
    {
        static abstract void Indices(byte* codes, int half, Vector256<byte> nibble, out Vector256<byte> left, out Vector256<byte> right);

        static abstract void Prefetch(byte* codes, int chunk);
    }

    // Two in a byte, as the stream has them; with prefetching.
    private readonly struct InPairs : ICodes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Indices(byte* codes, int half, Vector256<byte> nibble, out Vector256<byte> left, out Vector256<byte> right)
        {
            var pairs = Vector256.Load(codes + (half * Part));
            left = pairs & nibble;
            right = (pairs.AsUInt16() >>> 4).AsByte() & nibble;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Prefetch(byte* codes, int chunk) => Sse.Prefetch0(codes + ReadAhead + (chunk * StreamLayout.ChunkBytes));
    }

    // A byte each.
    private readonly struct Apart : ICodes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Indices(byte* codes, int half, Vector256<byte> nibble, out Vector256<byte> left, out Vector256<byte> right)
        {
            left = Vector256.Load(codes + (2 * half * Part));
            right = Vector256.Load(codes + (((2 * half) + 1) * Part));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Prefetch(byte* codes, int chunk)
        {
        }
    }
}
