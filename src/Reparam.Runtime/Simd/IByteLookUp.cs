using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Simd;

/// <summary>
/// The look-up of bytes in a table of 16, and their sums. A type argument instead of a check at each use: a program compiled ahead of time for every x64
/// machine asks for SSSE3 at run time, and asking once for each look-up would keep the sums out of the registers.
/// </summary>
internal interface IByteLookUp
{
    /// <summary>table[index], for indices below 16; 0 for those of 128 and more.</summary>
    static abstract Vector128<byte> LookUp(Vector128<byte> table, Vector128<byte> index);

    /// <summary>The means of two vectors, halves rounded up.</summary>
    static abstract Vector128<byte> Average(Vector128<byte> left, Vector128<byte> right);

    /// <summary>Sums of neighbours: bytes 0 and 1, 2 and 3, and so on.</summary>
    static abstract Vector128<short> AddNeighbours(Vector128<sbyte> values);

    /// <summary>The same for unsigned bytes.</summary>
    static abstract Vector128<short> AddNeighbours(Vector128<byte> values);

    /// <summary>One instruction, on a machine that has SSSE3.</summary>
    readonly struct Ssse3Shuffle : IByteLookUp
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> LookUp(Vector128<byte> table, Vector128<byte> index) => Ssse3.Shuffle(table, index);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Average(Vector128<byte> left, Vector128<byte> right) => Sse2.Average(left, right);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<short> AddNeighbours(Vector128<sbyte> values) => Ssse3.MultiplyAddAdjacent(Vector128.Create((byte)1), values);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<short> AddNeighbours(Vector128<byte> values) => Ssse3.MultiplyAddAdjacent(values, Vector128.Create((sbyte)1));
    }

    /// <summary>One instruction on Arm; right on every machine.</summary>
    readonly struct Portable : IByteLookUp
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> LookUp(Vector128<byte> table, Vector128<byte> index) =>
            AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.VectorTableLookup(table, index) : Vector128.Shuffle(table, index);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Average(Vector128<byte> left, Vector128<byte> right) =>
            AdvSimd.IsSupported ? AdvSimd.FusedAddRoundedHalving(left, right) : (left | right) - ((left ^ right) >>> 1);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<short> AddNeighbours(Vector128<sbyte> values) =>
            AdvSimd.IsSupported ? AdvSimd.AddPairwiseWidening(values) : ((values.AsInt16() << 8) >> 8) + (values.AsInt16() >> 8);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<short> AddNeighbours(Vector128<byte> values) =>
            AdvSimd.IsSupported ? AdvSimd.AddPairwiseWidening(values).AsInt16() : (values.AsInt16() & Vector128.Create((short)255)) + (values.AsInt16() >>> 8);
    }
}
