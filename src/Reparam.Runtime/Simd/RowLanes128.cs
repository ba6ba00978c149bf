using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reparam.Runtime.Simd;

/// <summary>One group at a time.</summary>
internal readonly unsafe struct RowLanes128<TLookUp>(Vector128<byte> value) : IRowLanes<RowLanes128<TLookUp>>
    where TLookUp : struct, IByteLookUp
{
    private readonly Vector128<byte> value = value;

    public static int Bytes => Vector128<byte>.Count;

    public static RowLanes128<TLookUp> Zero => new(Vector128<byte>.Zero);

    public static RowLanes128<TLookUp> Load(byte* source) => new(Vector128.Load(source));

    public static RowLanes128<TLookUp> Repeat(Vector128<byte> lane) => new(lane);

    public static RowLanes128<TLookUp> Repeat(byte* source) => new(Vector128.Load(source));

    public static RowLanes128<TLookUp> Repeat(int* source) => new(Vector128.Create(*source).AsByte());

    public static RowLanes128<TLookUp> RepeatPair(int* source) => new(Vector128.Create(*(long*)source).AsByte());

    public void Store(byte* destination) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes128<TLookUp> LowNibbles(RowLanes128<TLookUp> codes) => new(codes.value & Vector128.Create((byte)0x0F));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes128<TLookUp> HighNibbles(RowLanes128<TLookUp> codes) => new((codes.value.AsUInt16() >>> 4).AsByte() & Vector128.Create((byte)0x0F));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes128<TLookUp> LookUp(
        RowLanes128<TLookUp> table0, RowLanes128<TLookUp> table1, RowLanes128<TLookUp> table2, RowLanes128<TLookUp> table3, RowLanes128<TLookUp> index)
    {
        var entry = index.value & Vector128.Create((byte)0x0F);
        var low = Select(TLookUp.LookUp(table0.value, entry), TLookUp.LookUp(table1.value, entry), index.value, 3);
        var high = Select(TLookUp.LookUp(table2.value, entry), TLookUp.LookUp(table3.value, entry), index.value, 3);
        return new(Select(low, high, index.value, 2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes128<TLookUp> Select(RowLanes128<TLookUp> lower, RowLanes128<TLookUp> upper, RowLanes128<TLookUp> index) =>
        new(Select(lower.value, upper.value, index.value, 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes128<TLookUp> LookUp(RowLanes128<TLookUp> table, RowLanes128<TLookUp> index) => new(TLookUp.LookUp(table.value, index.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes128<TLookUp> InterleaveLow(RowLanes128<TLookUp> a, RowLanes128<TLookUp> b) =>
        new(VectorParts.InterleaveLow(a.value, b.value).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes128<TLookUp> InterleaveHigh(RowLanes128<TLookUp> a, RowLanes128<TLookUp> b) =>
        new(VectorParts.InterleaveHigh(a.value, b.value).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes128<TLookUp> InterleaveLowWords(RowLanes128<TLookUp> a, RowLanes128<TLookUp> b) =>
        new(VectorParts.InterleaveLow(a.value.AsUInt16(), b.value.AsUInt16()).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes128<TLookUp> InterleaveHighWords(RowLanes128<TLookUp> a, RowLanes128<TLookUp> b) =>
        new(VectorParts.InterleaveHigh(a.value.AsUInt16(), b.value.AsUInt16()).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes128<TLookUp> WidenLow(RowLanes128<TLookUp> values) => new(Vector128.WidenLower(values.value).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes128<TLookUp> WidenHigh(RowLanes128<TLookUp> values) => new(Vector128.WidenUpper(values.value).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes128<TLookUp> AddWords(RowLanes128<TLookUp> left, RowLanes128<TLookUp> right) =>
        new((left.value.AsInt16() + right.value.AsInt16()).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes128<TLookUp> AddInts(RowLanes128<TLookUp> left, RowLanes128<TLookUp> right) =>
        new((left.value.AsInt32() + right.value.AsInt32()).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes128<TLookUp> AddNeighbours(RowLanes128<TLookUp> values) => new(TLookUp.AddNeighbours(values.value.AsSByte()).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes128<TLookUp> AddUnsignedNeighbours(RowLanes128<TLookUp> values) => new(TLookUp.AddNeighbours(values.value).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static RowLanes128<TLookUp> MultiplyAddNeighbours(RowLanes128<TLookUp> left, RowLanes128<TLookUp> right) =>
        new(VectorParts.MultiplyAddNeighbours(left.value.AsInt16(), right.value.AsInt16()).AsByte());

    public static Vector128<int> AddLanes(RowLanes128<TLookUp> sums) => sums.value.AsInt32();

    // The upper value where the bit that a shift makes the highest is set.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Select(Vector128<byte> lower, Vector128<byte> upper, Vector128<byte> index, [ConstantExpected] int shift) =>
        Vector128.ConditionalSelect(Vector128.LessThan((index.AsUInt16() << shift).AsSByte(), Vector128<sbyte>.Zero).AsByte(), upper, lower);
}
