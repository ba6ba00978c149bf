using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed;

/// <summary>How prepacked nested weights hold a line of 64 bytes: one for each of the 16 rows of a block and the four groups of a set.</summary>
/// <param name="RowsInDwords">Whether the four bytes of a row are neighbours, as AVX-512 reads them. Otherwise the sixteen rows of a group are.</param>
internal readonly record struct NestedOrder(bool RowsInDwords)
{
    /// <summary>Bytes of a line.</summary>
    public const int Line = PrepackedLayout.BlockRows * NestedColumns.SetGroups;

    /// <summary>Bytes from one group of a row to the next.</summary>
    public int GroupDistance => RowsInDwords ? 1 : PrepackedLayout.BlockRows;

    /// <summary>Names the order in the keys of prepacked weights.</summary>
    public string Name => RowsInDwords ? "sets" : "rows";

    // Maximum number of bits of an index that a kernel looks up in registers. Byte shuffles find an entry among 16 at a time, so that 256 profiles cost
    // more than they save.
    private int MaxIndexBits => RowsInDwords ? 8 : 7;

    /// <summary>The order that the kernels of a path read.</summary>
    public static NestedOrder Of(KernelPath path) => new(path == KernelPath.Avx512);

    /// <summary>Whether the prepacked form holds the profiles' amplitudes and offsets themselves, because there are too many for an index.</summary>
    public bool HoldsAmplitudes(ProfileTable table) => table.IndexBits > MaxIndexBits;

    /// <summary>The byte of a row and a group in a line.</summary>
    public int Place(int row, int group) => RowsInDwords ? (row * NestedColumns.SetGroups) + group : (group * PrepackedLayout.BlockRows) + row;
}
