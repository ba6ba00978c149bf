namespace StoryTeller;

/// <summary>One file of weights beside the app.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Bits">Bits that a weight's code has: 32 for float32; null where they differ from layer to layer.</param>
/// <param name="FileName">Name of the file.</param>
public sealed record ModelFile(string Name, int? Bits, string FileName)
{
    /// <summary>What the annotation asks for, and what the app tells its story with.</summary>
    public const int DefaultBits = 4;

    /// <summary>Every file that the build puts beside the app.</summary>
    public static IReadOnlyList<ModelFile> All { get; } =
    [
        new("float32", 32, "stories260k.safetensors"),
        new("4-bit", 4, "stories260k.reparam.safetensors"),
        new("mixed", null, "stories260k-mixed.reparam.safetensors"),
        new("3-bit", 3, "stories260k-3bit.reparam.safetensors"),
        new("2-bit", 2, "stories260k-2bit.reparam.safetensors"),
    ];

    /// <summary>Where it lies.</summary>
    public string Path => Asset(FileName);

    /// <summary>A file beside the executable.</summary>
    public static string Asset(string fileName) => System.IO.Path.Combine(AppContext.BaseDirectory, fileName);

    /// <summary>The file of a width.</summary>
    public static ModelFile Of(int bits) => All.First(file => file.Bits == bits);
}
