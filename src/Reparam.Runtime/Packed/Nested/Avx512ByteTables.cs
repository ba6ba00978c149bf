using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Packed;

/// <summary>Look-ups of bytes in columns of the profile table.</summary>
internal static unsafe class Avx512ByteTables
{
    private const int Line = 64;

    /// <summary>An entry for each index.</summary>
    /// <param name="table">The entries.</param>
    /// <param name="bytes">How many they are: 64, 128 or 256.</param>
    /// <param name="indices">Below that.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<byte> LookUp(byte* table, int bytes, Vector512<byte> indices)
    {
        if (bytes == Line)
        {
            return Avx512Vbmi.PermuteVar64x8(Vector512.Load(table), indices);
        }

        var lower = Avx512Vbmi.PermuteVar64x8x2(Vector512.Load(table), indices, Vector512.Load(table + Line));
        if (bytes == 2 * Line)
        {
            return lower;
        }

        var upper = Avx512Vbmi.PermuteVar64x8x2(Vector512.Load(table + (2 * Line)), indices, Vector512.Load(table + (3 * Line)));
        return Vector512.ConditionalSelect(Vector512.LessThan(indices.AsSByte(), Vector512<sbyte>.Zero).AsByte(), upper, lower);
    }
}
