using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.ShiftAdd;

/// <summary>The formats of layouts, and their names.</summary>
internal static class ShiftAddFormats
{
    /// <summary>The name of a layout as plans write it, which is that of its format.</summary>
    public static string Name(this ShiftAddLayout layout) => layout.ToString().ToLowerInvariant();

    /// <summary>The format of a layout whose groups have scales of their own.</summary>
    public static BinaryFormat Binary(this ShiftAddLayout layout) => layout switch
    {
        ShiftAddLayout.Row => BinaryFormat.Row,
        ShiftAddLayout.Column => BinaryFormat.Column,
        ShiftAddLayout.Block8 => BinaryFormat.Block8,
        _ => throw new ArgumentOutOfRangeException(nameof(layout), layout, "the layout is none of binary coding"),
    };
}
