using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reparam.Runtime.Simd;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>4 double words, on any processor.</summary>
internal readonly unsafe struct IntegerLanes128(Vector128<int> value) : IIntegerLanes<IntegerLanes128>
{
    /// <summary>The double words.</summary>
    public readonly Vector128<int> Value = value;

    public static int Count => Vector128<int>.Count;

    public static IntegerLanes128 Zero => new(Vector128<int>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes128 Load(void* source) => new(Vector128.Load((int*)source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(void* destination) => Value.Store((int*)destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes128 Broadcast(int* source) => new(Vector128.Create(*source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes128 AddInts(IntegerLanes128 left, IntegerLanes128 right) => new(left.Value + right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes128 SubtractInts(IntegerLanes128 left, IntegerLanes128 right) => new(left.Value - right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes128 MultiplyInts(IntegerLanes128 left, IntegerLanes128 right) => new(left.Value * right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes128 TimesByte(IntegerLanes128 value) => new(value.Value << 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(IntegerLanes128 value, float* scales, float factor, float* total) =>
        (Vector128.Load(total) + (Vector128.ConvertToSingle(value.Value) * (Vector128.Load(scales) * factor))).Store(total);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes128 EvenBytes(IntegerLanes128 codes) => new(codes.Value & Vector128.Create(0x00FF00FF));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes128 OddBytes(IntegerLanes128 codes) => new((codes.Value.AsUInt16() >>> 8).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes128 LowNibbles(IntegerLanes128 codes) => new(codes.Value & Vector128.Create(0x0F0F0F0F));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes128 HighNibbles(IntegerLanes128 codes) => new((codes.Value.AsUInt16() >>> 4).AsInt32() & Vector128.Create(0x0F0F0F0F));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes128 MultiplyWords(IntegerLanes128 left, IntegerLanes128 right) =>
        new(VectorParts.MultiplyAddNeighbours(left.Value.AsInt16(), right.Value.AsInt16()));
}
