namespace StoryTeller;

/// <summary>One file of weights beside the app.</summary>
/// <param name="Bits">Bits a weight: 32 for float32, else what the build packed.</param>
/// <param name="FileName">Name of the file.</param>
public sealed record ModelFile(int Bits, string FileName)
{
    /// <summary>What the annotation asks for, and what the app tells its story with.</summary>
    public const int DefaultBits = 4;

    /// <summary>Every file that the build puts beside the app.</summary>
    public static IReadOnlyList<ModelFile> All { get; } =
    [
        new(32, "stories260k.safetensors"),
        new(4, "stories260k.reparam.safetensors"),
        new(3, "stories260k-3bit.reparam.safetensors"),
        new(2, "stories260k-2bit.reparam.safetensors"),
    ];

    /// <summary>What people call it.</summary>
    public string Name => Bits == 32 ? "float32" : $"{Bits}-bit";

    /// <summary>Where it lies.</summary>
    public string Path => Asset(FileName);

    /// <summary>A file beside the executable.</summary>
    public static string Asset(string fileName) => System.IO.Path.Combine(AppContext.BaseDirectory, fileName);

    /// <summary>The file of a width.</summary>
    public static ModelFile Of(int bits) => All.First(file => file.Bits == bits);
}
