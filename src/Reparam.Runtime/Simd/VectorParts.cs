using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Simd;

/// <summary>Interleaving and parting of 128-bit vectors, and what adds neighbours: the portable API lacks them.</summary>
internal static class VectorParts
{
    /// <summary>Words of which the low bytes come from one vector and the high bytes from another, for bytes 0 to 7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> InterleaveLow(Vector128<byte> low, Vector128<byte> high) =>
        Sse2.IsSupported ? Sse2.UnpackLow(low, high).AsUInt16()
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(low, high).AsUInt16()
        : Vector128.WidenLower(low) | (Vector128.WidenLower(high) << 8);

    /// <summary>The same for bytes 8 to 15.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<ushort> InterleaveHigh(Vector128<byte> low, Vector128<byte> high) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(low, high).AsUInt16()
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(low, high).AsUInt16()
        : Vector128.WidenUpper(low) | (Vector128.WidenUpper(high) << 8);

    /// <summary>Double words of which the low words come from one vector and the high words from another, for words 0 to 3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> InterleaveLow(Vector128<ushort> low, Vector128<ushort> high) =>
        Sse2.IsSupported ? Sse2.UnpackLow(low, high).AsUInt32()
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(low, high).AsUInt32()
        : Vector128.WidenLower(low) | (Vector128.WidenLower(high) << 16);

    /// <summary>The same for words 4 to 7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> InterleaveHigh(Vector128<ushort> low, Vector128<ushort> high) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(low, high).AsUInt32()
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(low, high).AsUInt32()
        : Vector128.WidenUpper(low) | (Vector128.WidenUpper(high) << 16);

    /// <summary>Products of words, those of neighbours added: 0 and 1, 2 and 3, and so on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MultiplyAddNeighbours(Vector128<short> left, Vector128<short> right) =>
        Sse2.IsSupported ? Sse2.MultiplyAddAdjacent(left, right)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.AddPairwise(
            AdvSimd.MultiplyWideningLower(left.GetLower(), right.GetLower()), AdvSimd.MultiplyWideningUpper(left, right))
        : (((left.AsInt32() << 16) >> 16) * ((right.AsInt32() << 16) >> 16)) + ((left.AsInt32() >> 16) * (right.AsInt32() >> 16));

    /// <summary>Elements 0 and 2 of both vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Even(Vector128<float> first, Vector128<float> second) =>
        Sse.IsSupported ? Sse.Shuffle(first, second, 0b10_00_10_00)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.UnzipEven(first, second)
        : Vector128.Create(first[0], first[2], second[0], second[2]);

    /// <summary>Elements 1 and 3 of both vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Odd(Vector128<float> first, Vector128<float> second) =>
        Sse.IsSupported ? Sse.Shuffle(first, second, 0b11_01_11_01)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.UnzipOdd(first, second)
        : Vector128.Create(first[1], first[3], second[1], second[3]);

    /// <summary>Elements 0 and 1 of both vectors, interleaved.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> InterleaveLow(Vector128<float> first, Vector128<float> second) =>
        Sse.IsSupported ? Sse.UnpackLow(first, second)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(first, second)
        : Vector128.Create(first[0], second[0], first[1], second[1]);

    /// <summary>Elements 2 and 3 of both vectors, interleaved.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> InterleaveHigh(Vector128<float> first, Vector128<float> second) =>
        Sse.IsSupported ? Sse.UnpackHigh(first, second)
        : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(first, second)
        : Vector128.Create(first[2], second[2], first[3], second[3]);
}
