using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.LookUp;

/// <summary>
/// Makes the indices of a batched product from the codes of some row blocks, in the order of <see cref="BatchedSets"/>. A register of words holds the
/// indices of one block, with signs in another; a register of bytes holds those of two blocks.
/// </summary>
internal static unsafe class BatchedIndices<TShape, TPlanes>
    where TShape : struct, IUnitShape
    where TPlanes : struct, ITablePlanes
{
    private const int Line = 64;

    /// <summary>Pairs of sets that have a set of scales.</summary>
    public static int Pairs
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TShape.Split ? 2 : TShape.Chunks switch { 1 => 3, 2 => 6, 3 => 8, _ => 11 };
    }

    /// <summary>Writes the indices of a unit, [set of scales][pair][line], and lines of other registers between them.</summary>
    /// <param name="first">Codes of a block.</param>
    /// <param name="second">Codes of the block that shares the register; only for bytes.</param>
    /// <param name="place">Out: the first line; its signs lie <paramref name="signs"/> bytes behind.</param>
    /// <param name="signs">Bytes from an index to its signs; only for words.</param>
    /// <param name="pairBytes">Bytes from a pair to the next.</param>
    /// <param name="setBytes">Bytes from the first pair of a set of scales to that of the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(byte* first, byte* second, byte* place, nint signs, nint pairBytes, nint setBytes)
    {
        var (low0, high0) = Words(first, second, 0);
        var (low1, high1) = Words(first, second, TShape.Chunks > 1 ? 1 : 0);
        var (low2, high2) = Words(first, second, TShape.Chunks > 2 ? 2 : 0);
        var (low3, high3) = Words(first, second, TShape.Chunks > 3 ? 3 : 0);
        var none = Vector512<ushort>.Zero;
        if (TShape.Split)
        {
            var bits = Vector512.Create((ushort)0x0F0F);
            WriteChunk(low0 & bits, high0 & bits, ref place, signs, pairBytes);
            place += setBytes - (2 * pairBytes);
            WriteChunk((low0 >>> 4) & bits, (high0 >>> 4) & bits, ref place, signs, pairBytes);
            return;
        }

        WriteChunk(low0, high0, ref place, signs, pairBytes);
        if (TShape.Chunks > 1)
        {
            WriteChunk(low1, high1, ref place, signs, pairBytes);
        }

        if (TShape.Chunks > 2)
        {
            WriteChunk(low2, high2, ref place, signs, pairBytes);
        }

        if (TShape.Chunks > 3)
        {
            WriteChunk(low3, high3, ref place, signs, pairBytes);
        }

        if (TPlanes.Count == 2)
        {
            WriteWord(High(low0, TShape.Chunks > 1 ? low1 : none, TShape.Chunks > 2 ? low2 : none), TShape.Chunks > 1, ref place, signs, pairBytes);
            if (TShape.Chunks > 3)
            {
                WriteWord(High(low3, none, none), false, ref place, signs, pairBytes);
            }

            return;
        }

        WriteWord(High(low0, high0, TShape.Chunks > 1 ? low1 : none), true, ref place, signs, pairBytes);
        if (TShape.Chunks > 1)
        {
            WriteWord(High(high1, TShape.Chunks > 2 ? low2 : none, TShape.Chunks > 2 ? high2 : none), true, ref place, signs, pairBytes);
        }

        if (TShape.Chunks > 3)
        {
            WriteWord(High(low3, high3, none), true, ref place, signs, pairBytes);
        }
    }

    // Words of sixteen columns: both of a dword of one block, or the lower ones of two blocks, interleaved, and then the upper ones.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<ushort> Low, Vector512<ushort> High) Words(byte* first, byte* second, int chunk)
    {
        var words = Vector512.Load((uint*)(first + (chunk * Line)));
        if (TPlanes.Count == 2)
        {
            return (words.AsUInt16(), words.AsUInt16());
        }

        var others = Vector512.Load((uint*)(second + (chunk * Line)));
        var lower = Vector512.Create(0xFFFFu);
        return (((words & lower) | (others << 16)).AsUInt16(), ((words >>> 16) | Vector512.AndNot(others, lower)).AsUInt16());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteChunk(Vector512<ushort> low, Vector512<ushort> high, ref byte* place, nint signs, nint pairBytes)
    {
        WriteWord(low, true, ref place, signs, pairBytes);
        if (TPlanes.Count == 1)
        {
            WriteWord(high, true, ref place, signs, pairBytes);
        }
    }

    // The upper four bits of three words as one of twelve.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ushort> High(Vector512<ushort> a, Vector512<ushort> b, Vector512<ushort> c) =>
        (a >>> 12) | ((b >>> 8) & Vector512.Create((ushort)0xF0)) | ((c >>> 4) & Vector512.Create((ushort)0xF00));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteWord(Vector512<ushort> word, bool hasSecond, ref byte* place, nint signs, nint pairBytes)
    {
        if (TPlanes.Count == 1)
        {
            // Bits 0 to 5 as one byte and bits 6 to 11 as the next, which the second table is for.
            var bytes = Vector512.ConditionalSelect(Vector512.Create((ushort)0xFF), word, word << 2);
            ((bytes & Vector512.Create((ushort)0x3F3F)) | Vector512.Create((ushort)0x4000)).Store((ushort*)place);
            place += pairBytes;
            return;
        }

        WriteField(word.AsInt16(), ref place, signs, pairBytes);
        if (hasSecond)
        {
            WriteField((word >>> 6).AsInt16(), ref place, signs, pairBytes);
        }
    }

    // Where the sixth input is added, the sum is the negative of that of the other signs. The second table is for the upper word of a dword. The look-up
    // ignores the bits above the sixth.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteField(Vector512<short> field, ref byte* place, nint signs, nint pairBytes)
    {
        var negative = (field << 10) >> 15;
        (field ^ negative ^ Vector512.Create(0x00200000u).AsInt16()).Store((short*)place);
        (negative | Vector512.Create((short)1)).Store((short*)(place + signs));
        place += pairBytes;
    }
}
