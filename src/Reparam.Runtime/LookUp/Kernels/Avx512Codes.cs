using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.LookUp;

/// <summary>
/// What kernels on AVX-512 VBMI do with codes. A register holds the 16-entry tables of four quads; an index byte names the table in its upper bits and the
/// entry in its nibble, so that one permutation looks up four quads of 16 rows. The four bytes of a dword belong to one row.
/// </summary>
internal static unsafe class Avx512Codes
{
    private const int Line = 64;

    /// <summary>The low nibble of each byte.</summary>
    public const uint Nibbles = 0x0F0F0F0F;

    /// <summary>Table number j in bits 4 and 5 of byte j.</summary>
    public const uint TableNumbers = 0x30201000;

    /// <summary>A constant that the compiler cannot see: it would otherwise load the vector again in every round instead of keeping it in a register.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static uint Opaque(uint value) => value;

    /// <summary>The next prepacked line; asks for one further on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Load(ref byte* weights, nint readAhead)
    {
        var codes = Vector512.Load(weights);
        Sse.Prefetch0(weights + readAhead);
        weights += Line;
        return codes;
    }

    /// <summary>The indices that low nibbles are. The permutation ignores bits 6 and 7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Left(Vector512<byte> codes, Vector512<uint> nibbles, Vector512<uint> tableNumbers) =>
        ((codes.AsUInt32() & nibbles) | tableNumbers).AsByte();

    /// <summary>The indices that high nibbles are.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> Right(Vector512<byte> codes, Vector512<uint> nibbles, Vector512<uint> tableNumbers) =>
        (((codes.AsUInt32() >>> 4) & nibbles) | tableNumbers).AsByte();

    /// <summary>Looks four quads up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> LookUp(byte* table, Vector512<byte> index) => Avx512Vbmi.PermuteVar64x8(Vector512.Load(table), index);
}
