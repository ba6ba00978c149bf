namespace Reparam.Checkpoints.Packed;

/// <summary>Names of layouts as the packed file writes them.</summary>
public static class PackedLayoutExtensions
{
    /// <summary>The name in the packed file, such as <c>block8</c>.</summary>
    public static string FormatName(this PackedLayout layout) => layout switch
    {
        PackedLayout.Row => "row",
        PackedLayout.Column => "column",
        PackedLayout.Block8 => "block8",
        PackedLayout.Nested => "nested",
        PackedLayout.Codebook => "codebook",
        _ => throw new ArgumentOutOfRangeException(nameof(layout), layout, "no layout of the packed file"),
    };
}
