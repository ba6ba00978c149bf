using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.ShiftAdd;

/// <summary>The layout that is asked for: one of the stored ones, or the best of them.</summary>
public enum ShiftAddLayout
{
    /// <inheritdoc cref="PackedLayout.Row"/>
    Row = PackedLayout.Row,

    /// <inheritdoc cref="PackedLayout.Column"/>
    Column = PackedLayout.Column,

    /// <inheritdoc cref="PackedLayout.Block8"/>
    Block8 = PackedLayout.Block8,

    /// <inheritdoc cref="PackedLayout.Nested"/>
    Nested = PackedLayout.Nested,

    /// <inheritdoc cref="PackedLayout.Codebook"/>
    Codebook = PackedLayout.Codebook,

    /// <summary>The layout with the lowest measured error that takes no more room than the row layout and a twentieth.</summary>
    Auto,
}
