using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>The sizes that the prepacked integers and their kernels agree on: [row tile of 16][step of 8 columns].</summary>
internal static class UniformTiles
{
    /// <summary>Rows of a tile: a double word of codes each.</summary>
    public const int Rows = 16;

    /// <summary>Rows of a piece of work: two tiles, which a kernel multiplies together.</summary>
    public const int PieceRows = 2 * Rows;

    /// <summary>Sums of an input row that a kernel adds to: those of two vectors, or of a tile if that is more.</summary>
    /// <param name="lanes">Rows of a vector.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SumStride(int lanes) => 2 * lanes > Rows ? 2 * lanes : Rows;

    /// <summary>Columns of a step. Groups are whole steps, but for the last one of a row.</summary>
    public const int StepColumns = 8;

    /// <summary>Most bits of an integer of which two lie in a byte.</summary>
    public const int NibbleBits = 4;

    /// <summary>Bytes that a kernel asks for ahead in each of its steps: a block is there when four to eight calls are done.</summary>
    public const int AheadBytes = 32;

    /// <summary>Steps of a number of columns.</summary>
    public static int Steps(int columns) => PrepackedLayout.DivideUp(columns, StepColumns);

    /// <summary>Asks for a cache line, where the processor can be asked.</summary>
    /// <param name="ahead">In the line; moved by <see cref="AheadBytes"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Prefetch(ref byte* ahead)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(ahead);
            ahead += AheadBytes;
        }
    }
}
