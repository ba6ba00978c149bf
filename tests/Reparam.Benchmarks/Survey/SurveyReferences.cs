using Microsoft.CodeAnalysis;

namespace Reparam.Benchmarks.Survey;

/// <summary>What surveyed sources may use: the framework, TorchSharp, the libraries of a model project and what the command line adds.</summary>
internal static class SurveyReferences
{
    private static readonly string[] Libraries =
    [
        "TorchSharp.dll", "Reparam.Annotations.dll", "Reparam.Checkpoints.dll", "Reparam.Compression.dll", "Reparam.Runtime.dll", "Reparam.Training.dll",
    ];

    /// <summary>The references, each assembly once.</summary>
    /// <param name="added">Assemblies, or folders of assemblies.</param>
    public static MetadataReference[] With(IEnumerable<string> added) =>
    [
        .. Directory.EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "*.dll").Where(IsManaged)
            .Concat(Libraries.Select(name => Path.Combine(AppContext.BaseDirectory, name)))
            .Concat(added.SelectMany(path => Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.dll").Where(IsManaged) : [path]))
            .DistinctBy(Path.GetFileName)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private static bool IsManaged(string path)
    {
        using var stream = File.OpenRead(path);
        using var reader = new System.Reflection.PortableExecutable.PEReader(stream);
        try
        {
            return reader.HasMetadata;
        }
        catch (BadImageFormatException)
        {
            return false;
        }
    }
}
