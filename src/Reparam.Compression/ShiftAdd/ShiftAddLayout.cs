using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.ShiftAdd;

/// <summary>The layout that is asked for: one of the stored ones, or the best of them.</summary>
public enum ShiftAddLayout
{
    /// <summary>The format <see cref="RowFormat"/>.</summary>
    Row,

    /// <summary>The format <see cref="ColumnFormat"/>.</summary>
    Column,

    /// <summary>The format <see cref="Block8Format"/>.</summary>
    Block8,

    /// <summary>The format <see cref="NestedFormat"/>.</summary>
    Nested,

    /// <summary>The format <see cref="CodebookFormat"/>.</summary>
    Codebook,

    /// <summary>The layout with the lowest measured error that takes no more room than the row layout and a twentieth.</summary>
    Auto,
}
