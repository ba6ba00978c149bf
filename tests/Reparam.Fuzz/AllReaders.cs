using Reparam.Fuzz.Readers;

namespace Reparam.Fuzz;

/// <summary>Every reader of the product.</summary>
internal static class AllReaders
{
    private static readonly (string Name, Func<string, FuzzReader> Create)[] Known =
    [
        ("safetensors", folder => new SafetensorsReader(folder)),
        ("index", folder => new ShardIndexReader(folder)),
        ("packed", folder => new PackedReader(folder)),
        ("runtime", folder => new RuntimeReader(folder)),
        ("prepacked", folder => new PrepackedReader(folder)),
        ("torch-zip", ImportReader.Zip),
        ("torch-legacy", ImportReader.Legacy),
        ("torch-tar", ImportReader.Tar),
        ("onnx", ImportReader.Onnx),
        ("llama2c", ImportReader.Llama2c),
        ("plan", folder => new PlanReader(folder)),
        ("bitplan", _ => new BitPlanReader()),
        ("calibration", folder => new CalibrationReader(folder)),
        ("assembly", folder => new AssemblyReader(folder)),
        ("manifest", _ => new ManifestLinksReader()),
        ("elf", _ => new ElfReader()),
    ];

    /// <summary>Their names.</summary>
    public static IEnumerable<string> Names => Known.Select(reader => reader.Name);

    /// <summary>Makes a reader with the files that it needs beside the one that is mutated.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="folder">A folder of its own.</param>
    public static FuzzReader Create(string name, string folder)
    {
        Directory.CreateDirectory(folder);
        return Known.First(reader => reader.Name == name).Create(folder);
    }
}
