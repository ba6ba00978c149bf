using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Simd;

/// <summary>Two groups at a time, with AVX2.</summary>
internal readonly unsafe struct RowLanes256(Vector256<byte> value) : IRowLanes<RowLanes256>
{
    private readonly Vector256<byte> value = value;

    public static int Bytes => Vector256<byte>.Count;

    public static RowLanes256 Zero => new(Vector256<byte>.Zero);

    public static RowLanes256 Load(byte* source) => new(Vector256.Load(source));

    public static RowLanes256 Repeat(Vector128<byte> lane) => new(Vector256.Create(lane, lane));

    public static RowLanes256 Repeat(byte* source) => new(Avx2.BroadcastVector128ToVector256(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes256 Repeat(int* source) => new(Vector256.Create(Vector128.Create(source[0]), Vector128.Create(source[1])).AsByte());

    public static RowLanes256 RepeatPair(int* source) => new(Avx2.Permute4x64(Vector128.Load((long*)source).ToVector256Unsafe(), 0b01_01_00_00).AsByte());

    public void Store(byte* destination) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes256 LowNibbles(RowLanes256 codes) => new(codes.value & Vector256.Create((byte)0x0F));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes256 HighNibbles(RowLanes256 codes) => new((codes.value.AsUInt16() >>> 4).AsByte() & Vector256.Create((byte)0x0F));

    // The shuffle takes the low four bits, the blend the highest of each byte.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes256 LookUp(RowLanes256 table0, RowLanes256 table1, RowLanes256 table2, RowLanes256 table3, RowLanes256 index)
    {
        var sixteen = (index.value.AsUInt16() << 3).AsByte();
        var low = Avx2.BlendVariable(Avx2.Shuffle(table0.value, index.value), Avx2.Shuffle(table1.value, index.value), sixteen);
        var high = Avx2.BlendVariable(Avx2.Shuffle(table2.value, index.value), Avx2.Shuffle(table3.value, index.value), sixteen);
        return new(Avx2.BlendVariable(low, high, (index.value.AsUInt16() << 2).AsByte()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes256 Select(RowLanes256 lower, RowLanes256 upper, RowLanes256 index) =>
        new(Avx2.BlendVariable(lower.value, upper.value, (index.value.AsUInt16() << 1).AsByte()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes256 LookUp(RowLanes256 table, RowLanes256 index) => new(Avx2.Shuffle(table.value, index.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes256 InterleaveLow(RowLanes256 a, RowLanes256 b) => new(Avx2.UnpackLow(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes256 InterleaveHigh(RowLanes256 a, RowLanes256 b) => new(Avx2.UnpackHigh(a.value, b.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes256 InterleaveLowWords(RowLanes256 a, RowLanes256 b) => new(Avx2.UnpackLow(a.value.AsInt16(), b.value.AsInt16()).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes256 InterleaveHighWords(RowLanes256 a, RowLanes256 b) => new(Avx2.UnpackHigh(a.value.AsInt16(), b.value.AsInt16()).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes256 WidenLow(RowLanes256 values) => new(Avx2.UnpackLow(values.value, Vector256<byte>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes256 WidenHigh(RowLanes256 values) => new(Avx2.UnpackHigh(values.value, Vector256<byte>.Zero));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes256 AddWords(RowLanes256 left, RowLanes256 right) => new((left.value.AsInt16() + right.value.AsInt16()).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes256 AddInts(RowLanes256 left, RowLanes256 right) => new((left.value.AsInt32() + right.value.AsInt32()).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes256 AddNeighbours(RowLanes256 values) =>
        new(Avx2.MultiplyAddAdjacent(Vector256.Create((byte)1), values.value.AsSByte()).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes256 AddUnsignedNeighbours(RowLanes256 values) =>
        new(Avx2.MultiplyAddAdjacent(values.value, Vector256.Create((sbyte)1)).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes256 MultiplyAddNeighbours(RowLanes256 left, RowLanes256 right) =>
        new(Avx2.MultiplyAddAdjacent(left.value.AsInt16(), right.value.AsInt16()).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> AddLanes(RowLanes256 sums) => sums.value.AsInt32().GetLower() + sums.value.AsInt32().GetUpper();
}
