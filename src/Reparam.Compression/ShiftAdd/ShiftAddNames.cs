using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.ShiftAdd;

/// <summary>Names of layouts and qualities as command lines, plans and reports write them: the member's name in lower case.</summary>
public static class ShiftAddNames
{
    /// <summary>Name of the method.</summary>
    public const string Method = "shiftadd";

    /// <summary>Every layout that can be asked for.</summary>
    public static IReadOnlyList<string> Layouts { get; } = [.. Enum.GetValues<ShiftAddLayout>().Select(Name)];

    /// <summary>Every quality.</summary>
    public static IReadOnlyList<string> Qualities { get; } = [.. Enum.GetValues<CodingQuality>().Select(Name)];

    /// <summary>The name of a layout.</summary>
    public static string Name(this ShiftAddLayout layout) => layout.ToString().ToLowerInvariant();

    /// <summary>The name of a quality.</summary>
    public static string Name(this CodingQuality quality) => quality.ToString().ToLowerInvariant();

    /// <summary>The layout of a name, in upper or lower case.</summary>
    /// <exception cref="ArgumentException">No layout has this name; the message lists those that there are.</exception>
    public static ShiftAddLayout ParseLayout(string name) => (ShiftAddLayout)Find("layout", name, Layouts);

    /// <summary>The quality of a name, in upper or lower case.</summary>
    /// <exception cref="ArgumentException">No quality has this name; the message lists those that there are.</exception>
    public static CodingQuality ParseQuality(string name) => (CodingQuality)Find("quality", name, Qualities);

    /// <summary>The format of a layout whose groups have scales of their own.</summary>
    internal static BinaryFormat Binary(this ShiftAddLayout layout) => layout switch
    {
        ShiftAddLayout.Row => BinaryFormat.Row,
        ShiftAddLayout.Column => BinaryFormat.Column,
        ShiftAddLayout.Block8 => BinaryFormat.Block8,
        _ => throw new ArgumentOutOfRangeException(nameof(layout), layout, "the layout is none of binary coding"),
    };

    private static int Find(string option, string name, IReadOnlyList<string> names)
    {
        for (var index = 0; index < names.Count; index++)
        {
            if (string.Equals(names[index], name, StringComparison.OrdinalIgnoreCase))
            {
                return index;
            }
        }

        throw new ArgumentException($"{option} is '{name}'; shiftadd has {string.Join(", ", names)}");
    }
}
