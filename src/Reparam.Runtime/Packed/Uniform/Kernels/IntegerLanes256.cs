using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>8 double words.</summary>
internal readonly unsafe struct IntegerLanes256(Vector256<int> value) : IByteLanes<IntegerLanes256>
{
    /// <summary>The double words.</summary>
    public readonly Vector256<int> Value = value;

    public static int Count => Vector256<int>.Count;

    public static IntegerLanes256 Zero => new(Vector256<int>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes256 Load(void* source) => new(Vector256.Load((int*)source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(void* destination) => Value.Store((int*)destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes256 Broadcast(int* source) => new(Vector256.Create(*source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes256 AddInts(IntegerLanes256 left, IntegerLanes256 right) => new(left.Value + right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes256 SubtractInts(IntegerLanes256 left, IntegerLanes256 right) => new(left.Value - right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes256 MultiplyInts(IntegerLanes256 left, IntegerLanes256 right) => new(left.Value * right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes256 TimesByte(IntegerLanes256 value) => new(value.Value << 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(IntegerLanes256 value, float* scales, float factor, float* total) =>
        (Vector256.Load(total) + (Vector256.ConvertToSingle(value.Value) * (Vector256.Load(scales) * factor))).Store(total);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes256 EvenBytes(IntegerLanes256 codes) => new(codes.Value & Vector256.Create(0x00FF00FF));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes256 OddBytes(IntegerLanes256 codes) => new((codes.Value.AsUInt16() >>> 8).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes256 LowNibbles(IntegerLanes256 codes) => new(codes.Value & Vector256.Create(0x0F0F0F0F));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes256 HighNibbles(IntegerLanes256 codes) => new((codes.Value.AsUInt16() >>> 4).AsInt32() & Vector256.Create(0x0F0F0F0F));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes256 MultiplyWords(IntegerLanes256 left, IntegerLanes256 right) =>
        new(Avx2.MultiplyAddAdjacent(left.Value.AsInt16(), right.Value.AsInt16()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes256 MultiplyBytes(IntegerLanes256 codes, IntegerLanes256 x) =>
        new(Avx2.MultiplyAddAdjacent(codes.Value.AsByte(), x.Value.AsSByte()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes256 AddWords(IntegerLanes256 left, IntegerLanes256 right) => new((left.Value.AsInt16() + right.Value.AsInt16()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes256 AddNeighbours(IntegerLanes256 words) => new(Avx2.MultiplyAddAdjacent(words.Value.AsInt16(), Vector256.Create((short)1)));
}
