using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Reparam.Runtime.Packed;

/// <summary>One group at a time.</summary>
internal readonly unsafe struct NestedLanes128<TLookUp>(Vector128<byte> value) : INestedLanes<NestedLanes128<TLookUp>>
    where TLookUp : struct, IByteLookUp
{
    private readonly Vector128<byte> value = value;

    public static int Bytes => Vector128<byte>.Count;

    public static NestedLanes128<TLookUp> Zero => new(Vector128<byte>.Zero);

    public static NestedLanes128<TLookUp> Load(byte* source) => new(Vector128.Load(source));

    public static NestedLanes128<TLookUp> Repeat(Vector128<byte> lane) => new(lane);

    public static NestedLanes128<TLookUp> Repeat(byte* source) => new(Vector128.Load(source));

    public static NestedLanes128<TLookUp> Repeat(int* source) => new(Vector128.Create(*source).AsByte());

    public void Store(byte* destination) => value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NestedLanes128<TLookUp> LowNibbles(NestedLanes128<TLookUp> codes) => new(codes.value & Vector128.Create((byte)0x0F));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NestedLanes128<TLookUp> HighNibbles(NestedLanes128<TLookUp> codes) => new((codes.value.AsUInt16() >>> 4).AsByte() & Vector128.Create((byte)0x0F));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NestedLanes128<TLookUp> LookUp(
        NestedLanes128<TLookUp> table0, NestedLanes128<TLookUp> table1, NestedLanes128<TLookUp> table2, NestedLanes128<TLookUp> table3, NestedLanes128<TLookUp> index)
    {
        var entry = index.value & Vector128.Create((byte)0x0F);
        var low = Select(TLookUp.LookUp(table0.value, entry), TLookUp.LookUp(table1.value, entry), index.value, 3);
        var high = Select(TLookUp.LookUp(table2.value, entry), TLookUp.LookUp(table3.value, entry), index.value, 3);
        return new(Select(low, high, index.value, 2));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NestedLanes128<TLookUp> Select(NestedLanes128<TLookUp> lower, NestedLanes128<TLookUp> upper, NestedLanes128<TLookUp> index) =>
        new(Select(lower.value, upper.value, index.value, 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NestedLanes128<TLookUp> LookUp(NestedLanes128<TLookUp> table, NestedLanes128<TLookUp> index) => new(TLookUp.LookUp(table.value, index.value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NestedLanes128<TLookUp> InterleaveLow(NestedLanes128<TLookUp> a, NestedLanes128<TLookUp> b) =>
        new(VectorParts.InterleaveLow(a.value, b.value).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NestedLanes128<TLookUp> InterleaveHigh(NestedLanes128<TLookUp> a, NestedLanes128<TLookUp> b) =>
        new(VectorParts.InterleaveHigh(a.value, b.value).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NestedLanes128<TLookUp> InterleaveLowWords(NestedLanes128<TLookUp> a, NestedLanes128<TLookUp> b) =>
        new(VectorParts.InterleaveLow(a.value.AsUInt16(), b.value.AsUInt16()).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NestedLanes128<TLookUp> InterleaveHighWords(NestedLanes128<TLookUp> a, NestedLanes128<TLookUp> b) =>
        new(VectorParts.InterleaveHigh(a.value.AsUInt16(), b.value.AsUInt16()).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NestedLanes128<TLookUp> WidenLow(NestedLanes128<TLookUp> values) => new(Vector128.WidenLower(values.value).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NestedLanes128<TLookUp> WidenHigh(NestedLanes128<TLookUp> values) => new(Vector128.WidenUpper(values.value).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NestedLanes128<TLookUp> AddWords(NestedLanes128<TLookUp> left, NestedLanes128<TLookUp> right) =>
        new((left.value.AsInt16() + right.value.AsInt16()).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NestedLanes128<TLookUp> AddInts(NestedLanes128<TLookUp> left, NestedLanes128<TLookUp> right) =>
        new((left.value.AsInt32() + right.value.AsInt32()).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NestedLanes128<TLookUp> AddNeighbours(NestedLanes128<TLookUp> values) => new(TLookUp.AddNeighbours(values.value.AsSByte()).AsByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static NestedLanes128<TLookUp> MultiplyAddNeighbours(NestedLanes128<TLookUp> left, NestedLanes128<TLookUp> right) =>
        new(VectorParts.MultiplyAddNeighbours(left.value.AsInt16(), right.value.AsInt16()).AsByte());

    public static Vector128<int> AddLanes(NestedLanes128<TLookUp> sums) => sums.value.AsInt32();

    // The upper value where the bit that a shift makes the highest is set.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Select(Vector128<byte> lower, Vector128<byte> upper, Vector128<byte> index, [ConstantExpected] int shift) =>
        Vector128.ConditionalSelect(Vector128.LessThan((index.AsUInt16() << shift).AsSByte(), Vector128<sbyte>.Zero).AsByte(), upper, lower);
}
