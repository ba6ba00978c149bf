using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Reparam.Runtime.Packed;

namespace Reparam.Runtime.LookUp;

/// <summary>
/// Quantised tables on AVX2: a byte shuffle looks one quad up for 16 rows in each lane. Table bytes are unsigned (biased). They are never widened one by
/// one: see <see cref="UnitSums"/>. A unit's sums are finished, step by step, while the next unit is looked up, so that the long chain of their few
/// operations costs no time of its own.
/// </summary>
internal static unsafe class Avx2Kernel<TShape, TPlanes>
    where TShape : struct, IUnitShape
    where TPlanes : struct, ITablePlanes
{
    private const int PartBytes = 32;
    private const int PlaneBytes = 64;
    private const int ReadAhead = 2048;

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
        get => TShape.Chunks * PrepackedLayout.ChunkBytes;
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

    // Bytes that a mean is of: a power of two, so three chunks are filled up with bytes that stand for zero.
    private static int Averaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TShape.Chunks == 3 ? 32 : 4 * Halves;
    }

    /// <summary>Multiplies a row block with every input row, or several row blocks with one.</summary>
    public static void Multiply(in KernelArguments arguments)
    {
        if (!arguments.Accumulate)
        {
            new Span<float>(arguments.Sums, Math.Max(arguments.Inputs, arguments.Blocks) * PrepackedLayout.BlockRows).Clear();
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

    // Several row blocks interleaved: while the lines of one block are on their way from memory, those of the others are looked up.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MultiplyOne(in KernelArguments arguments)
    {
        var weights = arguments.Weights;
        var distance = arguments.BlockDistance;
        var tables = arguments.Tables;
        var (bits, floatScales) = (arguments.Bits, arguments.FloatScales);
        var scaleBytes = PrepackedLayout.BlockRows * (floatScales ? sizeof(float) : sizeof(ushort));
        var endSums = arguments.Sums + (Math.Max(1, arguments.Blocks) * PrepackedLayout.BlockRows);
        var nibble = Vector256.Create(Opaque(0x0F));
        var sums = Zero();
        var old = new Target { Scales = weights + UnitCodes, Step = arguments.TableScales, Sums = arguments.Sums, FloatScales = floatScales };
        for (var segment = 0; segment < arguments.Segments; segment++)
        {
            for (var bit = 0; bit < bits; bit++)
            {
                var codes = weights;
                for (var blockSums = arguments.Sums; blockSums < endSums; blockSums += PrepackedLayout.BlockRows)
                {
                    for (var set = 0; set < Sets; set++)
                    {
                        AddUnit<InPairs>(codes + (set * PartBytes), tables + (set * HalfTables), nibble, ref sums, old);
                        old.Scales = codes + UnitCodes + (set * scaleBytes);
                        old.Step = arguments.TableScales + segment;
                        old.Sums = blockSums;
                    }

                    codes += distance;
                }

                weights += UnitCodes + (Sets * scaleBytes);
            }

            tables += SegmentTables;
        }

        Finish(sums, old);
    }

    // The indices of a unit are made once and used for every input row.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static void MultiplyMany(in KernelArguments arguments)
    {
        var indices = stackalloc byte[4 * 2 * 2 * PartBytes];
        var weights = arguments.Weights;
        var tables = arguments.Tables;
        var steps = arguments.TableScales;
        var (inputs, bits, floatScales) = (arguments.Inputs, arguments.Bits, arguments.FloatScales);
        var scaleBytes = PrepackedLayout.BlockRows * (floatScales ? sizeof(float) : sizeof(ushort));
        var nibble = Vector256.Create(Opaque(0x0F));
        var sums = Zero();
        var old = new Target { Scales = weights + UnitCodes, Step = arguments.TableScales, Sums = arguments.Sums, FloatScales = floatScales };
        for (var segment = 0; segment < arguments.Segments; segment++)
        {
            for (var bit = 0; bit < bits; bit++)
            {
                for (var half = 0; half < 2 * TShape.Chunks; half++)
                {
                    PartNibbles(weights + (half * PartBytes), nibble, out var left, out var right);
                    left.Store(indices + (2 * half * PartBytes));
                    right.Store(indices + (((2 * half) + 1) * PartBytes));
                }

                for (var chunk = 0; chunk < TShape.Chunks; chunk++)
                {
                    Sse.Prefetch0(weights + arguments.ReadAhead + (chunk * PrepackedLayout.ChunkBytes));
                }

                for (var set = 0; set < Sets; set++)
                {
                    var scales = weights + UnitCodes + (set * scaleBytes);
                    var table = tables + (set * HalfTables);
                    var inputSums = arguments.Sums;
                    for (var input = 0; input < inputs; input++)
                    {
                        AddUnit<Apart>(indices + (set * 2 * PartBytes), table, nibble, ref sums, old);
                        old.Scales = scales;
                        old.Step = steps + input;
                        old.Sums = inputSums;
                        table += SegmentTables;
                        inputSums += PrepackedLayout.BlockRows;
                    }
                }

                weights += UnitCodes + (Sets * scaleBytes);
            }

            tables += (nint)inputs * SegmentTables;
            steps += inputs;
        }

        Finish(sums, old);
    }

    // A constant that the compiler cannot see, so that it stays in a register.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte Opaque(byte value) => value;

    // Sums that come to nothing, whatever scales they are multiplied by.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static UnitSums Zero() =>
        new(Vector256<byte>.Zero, TPlanes.Count == 2 ? Vector256.Create((ushort)(ByteBias << 8)).AsByte() : Vector256.Create((byte)ByteBias));

    // Looks one unit up, or half a chunk with its own scales, and meanwhile finishes the sums of another.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddUnit<TCodes>(byte* codes, byte* tables, Vector256<byte> nibble, ref UnitSums sums, Target old)
        where TCodes : struct, ICodes
    {
        var (high, low) = (Vector256<byte>.Zero, Vector256<byte>.Zero);
        var means = Halves == 1 ? AddHalf<TCodes>(codes, tables, 0, nibble, ref high, ref low) : AddChunk<TCodes>(codes, tables, 0, nibble, ref high, ref low);
        Part(sums, out var a, out var b);
        if (TShape.Chunks > 1)
        {
            means = means.Average(AddChunk<TCodes>(codes, tables, 1, nibble, ref high, ref low));
        }

        Total(ref a, ref b);
        var others = means;
        if (TShape.Chunks > 2)
        {
            others = AddChunk<TCodes>(codes, tables, 2, nibble, ref high, ref low);
        }

        Convert(ref a, ref b, old.Step);
        if (TShape.Chunks > 2)
        {
            means = means.Average(others.Average(
                TShape.Chunks > 3
                    ? AddChunk<TCodes>(codes, tables, 3, nibble, ref high, ref low)
                    : new Planes(Vector256.Create((byte)ByteBias), Vector256<byte>.Zero)));
        }

        Store(a, b, old);
        sums = UnitSums.Of(new Planes(high, low), means);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(UnitSums sums, Target target)
    {
        Part(sums, out var a, out var b);
        Total(ref a, ref b);
        Convert(ref a, ref b, target.Step);
        Store(a, b, target);
    }

    // Thirty-two columns of sixteen rows: adds the bytes of both planes, and gives their means.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Planes AddChunk<TCodes>(byte* codes, byte* tables, int chunk, Vector256<byte> nibble, ref Vector256<byte> high, ref Vector256<byte> low)
        where TCodes : struct, ICodes
    {
        var first = AddHalf<TCodes>(codes, tables, 2 * chunk, nibble, ref high, ref low);
        return first.Average(AddHalf<TCodes>(codes, tables, (2 * chunk) + 1, nibble, ref high, ref low));
    }

    // Sixteen columns of sixteen rows.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Planes AddHalf<TCodes>(byte* codes, byte* tables, int half, Vector256<byte> nibble, ref Vector256<byte> high, ref Vector256<byte> low)
        where TCodes : struct, ICodes
    {
        TCodes.Indices(codes, half, nibble, out var left, out var right);
        var (a, b) = (LookUp(tables, half, 0, left), LookUp(tables, half, 1, right));
        high = half == 0 ? a + b : high + (a + b);
        var highMean = Avx2.Average(a, b);
        if (TPlanes.Count == 1)
        {
            return new Planes(highMean, highMean);
        }

        (a, b) = (LookUp(tables, half, 2, left), LookUp(tables, half, 3, right));
        low = half == 0 ? a + b : low + (a + b);
        return new Planes(highMean, Avx2.Average(a, b));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PartNibbles(byte* codes, Vector256<byte> nibble, out Vector256<byte> left, out Vector256<byte> right)
    {
        var pairs = Vector256.Load(codes);
        left = pairs & nibble;
        right = (pairs.AsUInt16() >>> 4).AsByte() & nibble;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> LookUp(byte* tables, int half, int part, Vector256<byte> index) =>
        Avx2.Shuffle(Vector256.Load(tables + ((half * HalfTables) + (part * PartBytes))), index);

    // Two planes: a becomes the means as words, without their bias, and b what they are too large by in all; the words of rows 0 8 1 9 2 10 3 11 4 12 5 13
    // 6 14 7 15. One plane: a becomes the sums.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Part(UnitSums sums, out Vector256<int> a, out Vector256<int> b)
    {
        // At most 80 in all: bytes suffice for it.
        var excess = Times(sums.Means) - sums.Bytes;
        if (TPlanes.Count == 2)
        {
            a = (sums.Means.AsUInt16() ^ Vector256.Create((ushort)(ByteBias << 8))).AsInt32();
            b = excess.AsInt32();
        }
        else
        {
            var pairs = Avx2.Blend(Avx2.UnpackLow(sums.Means, excess).AsInt32(), Avx2.UnpackHigh(sums.Means, excess).AsInt32(), 0b1111_0000);
            a = (Avx2.MultiplyAddAdjacent(pairs.AsByte(), Vector256.Create((ushort)(0xFF00 | Averaged)).AsSByte()) - Vector256
                .Create((short)(ByteBias * Averaged))).AsInt32();
            b = default;
        }
    }

    // a becomes the totals of rows 0 to 7, which stand in the low words, b those of rows 8 to 15.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Total(ref Vector256<int> a, ref Vector256<int> b)
    {
        if (TPlanes.Count == 2)
        {
            var first = Avx2.MultiplyAddAdjacent(a.AsInt16(), Vector256.Create(Averaged).AsInt16()) - (b & Vector256.Create(0xFFFF));
            b = Avx2.MultiplyAddAdjacent(a.AsInt16(), Vector256.Create(Averaged << 16).AsInt16()) - (b >>> 16);
            a = first;
        }
        else
        {
            b = a >> 16;
            a = Avx2.MultiplyAddAdjacent(a.AsInt16(), Vector256.Create(1).AsInt16());
        }
    }

    // Means times the number of bytes that they are of, modulo 256. A shift must be a literal to be one instruction.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Times(Vector256<byte> means)
    {
        var words = means.AsUInt16();
        words = Averaged == 4 ? words << 2 : Averaged == 8 ? words << 3 : Averaged == 16 ? words << 4 : words << 5;
        return words.AsByte() & Vector256.Create((byte)(256 - Averaged));
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

    // A vector of each plane; the second is not used if there is but one.
    private readonly struct Planes(Vector256<byte> high, Vector256<byte> low)
    {
        public readonly Vector256<byte> High = high;
        public readonly Vector256<byte> Low = low;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Planes Average(Planes other) => new(Avx2.Average(High, other.High), TPlanes.Count == 2 ? Avx2.Average(Low, other.Low) : Low);
    }

    /// <summary>
    /// Sums of bytes that are exact and cost two operations a vector: the bytes added with wrap-around, and their mean, rounded up at each of the halvings
    /// that lead to it. With five halvings the mean of 32 bytes is too large by at most 2.5, their sum by at most 80; the byte that wrapped around then
    /// says by how much.
    /// </summary>
    private struct UnitSums(Vector256<byte> bytes, Vector256<byte> means)
    {
        public Vector256<byte> Bytes = bytes;
        public Vector256<byte> Means = means;

        /// <summary>Joins the lanes. Two planes: words of a low and a high byte; one plane: the same in both lanes.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static UnitSums Of(Planes bytes, Planes means)
        {
            if (TPlanes.Count == 1)
            {
                return new UnitSums(bytes.High + Crossed(bytes.High, bytes.High), Avx2.Average(means.High, Crossed(means.High, means.High)));
            }

            var (firstBytes, lastBytes) = (Avx2.UnpackLow(bytes.Low, bytes.High), Avx2.UnpackHigh(bytes.Low, bytes.High));
            var (firstMeans, lastMeans) = (Avx2.UnpackLow(means.Low, means.High), Avx2.UnpackHigh(means.Low, means.High));
            return new UnitSums(
                Straight(firstBytes, lastBytes) + Crossed(firstBytes, lastBytes),
                Avx2.Average(Straight(firstMeans, lastMeans), Crossed(firstMeans, lastMeans)));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<byte> Straight(Vector256<byte> first, Vector256<byte> last) =>
            Avx2.Blend(first.AsInt32(), last.AsInt32(), 0b1111_0000).AsByte();

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<byte> Crossed(Vector256<byte> first, Vector256<byte> last) => Avx2.Permute2x128(first, last, 0x21);
    }

    // Where the indices of sixteen columns come from.
    private interface ICodes
    {
        static abstract void Indices(byte* codes, int half, Vector256<byte> nibble, out Vector256<byte> left, out Vector256<byte> right);
    }

    // Two in a byte, as the prepacked weights have them; with prefetching.
    private readonly struct InPairs : ICodes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Indices(byte* codes, int half, Vector256<byte> nibble, out Vector256<byte> left, out Vector256<byte> right)
        {
            if (half % 2 == 0)
            {
                Sse.Prefetch0(codes + ReadAhead + (half * PartBytes));
            }

            PartNibbles(codes + (half * PartBytes), nibble, out left, out right);
        }
    }

    // A byte each.
    private readonly struct Apart : ICodes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Indices(byte* codes, int half, Vector256<byte> nibble, out Vector256<byte> left, out Vector256<byte> right)
        {
            left = Vector256.Load(codes + (2 * half * PartBytes));
            right = Vector256.Load(codes + (((2 * half) + 1) * PartBytes));
        }
    }
}
