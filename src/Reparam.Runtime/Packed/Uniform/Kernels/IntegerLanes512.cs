using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>16 double words.</summary>
internal readonly unsafe struct IntegerLanes512(Vector512<int> value) : IByteLanes<IntegerLanes512>
{
    /// <summary>The double words.</summary>
    public readonly Vector512<int> Value = value;

    public static int Count => Vector512<int>.Count;

    public static IntegerLanes512 Zero => new(Vector512<int>.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes512 Load(void* source) => new(Vector512.Load((int*)source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(void* destination) => Value.Store((int*)destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes512 Broadcast(int* source) => new(Vector512.Create(*source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes512 AddInts(IntegerLanes512 left, IntegerLanes512 right) => new(left.Value + right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes512 SubtractInts(IntegerLanes512 left, IntegerLanes512 right) => new(left.Value - right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes512 MultiplyInts(IntegerLanes512 left, IntegerLanes512 right) => new(left.Value * right.Value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes512 TimesByte(IntegerLanes512 value) => new(value.Value << 8);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(IntegerLanes512 value, float* scales, float factor, float* total) =>
        (Vector512.Load(total) + (Vector512.ConvertToSingle(value.Value) * (Vector512.Load(scales) * factor))).Store(total);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes512 EvenBytes(IntegerLanes512 codes) => new(codes.Value & Vector512.Create(0x00FF00FF));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes512 OddBytes(IntegerLanes512 codes) => new((codes.Value.AsUInt16() >>> 8).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes512 LowNibbles(IntegerLanes512 codes) => new(codes.Value & Vector512.Create(0x0F0F0F0F));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes512 HighNibbles(IntegerLanes512 codes) => new((codes.Value.AsUInt16() >>> 4).AsInt32() & Vector512.Create(0x0F0F0F0F));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes512 MultiplyWords(IntegerLanes512 left, IntegerLanes512 right) =>
        new(Avx512BW.MultiplyAddAdjacent(left.Value.AsInt16(), right.Value.AsInt16()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes512 MultiplyBytes(IntegerLanes512 codes, IntegerLanes512 x) =>
        new(Avx512BW.MultiplyAddAdjacent(codes.Value.AsByte(), x.Value.AsSByte()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes512 AddWords(IntegerLanes512 left, IntegerLanes512 right) => new((left.Value.AsInt16() + right.Value.AsInt16()).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static IntegerLanes512 AddNeighbours(IntegerLanes512 words) => new(Avx512BW.MultiplyAddAdjacent(words.Value.AsInt16(), Vector512.Create((short)1)));
}
