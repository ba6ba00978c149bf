using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;

namespace Reparam.Cli.Commands;

/// <summary>Prepacked weights of a packed file, written beside it.</summary>
internal static class PrepackedFiles
{
    /// <summary>The kernel paths that have prepacked weights, by the names that users give.</summary>
    public static readonly string[] Paths = ["avx512", "avx2", "vector128"];

    /// <summary>The path of a name in <see cref="Paths"/>.</summary>
    /// <exception cref="ArgumentException">No path has this name; the message lists those that there are.</exception>
    public static KernelPath Parse(string name) => Paths.Contains(name, StringComparer.OrdinalIgnoreCase)
        ? Enum.Parse<KernelPath>(name, ignoreCase: true)
        : throw new ArgumentException($"the kernel path is '{name}'; known: {string.Join(", ", Paths)}");

    /// <summary>Writes a file for each path.</summary>
    /// <returns>The files, with the number of matrices in each.</returns>
    public static IReadOnlyList<(string File, int Matrices)> Write(string packedFile, IReadOnlyList<KernelPath> paths, CancellationToken cancellation)
    {
        if (paths.Count == 0)
        {
            return [];
        }

        using var packed = PackedFile.Open(packedFile);
        return [.. paths.Select(path => (File: PrepackedFile.PathOf(packedFile, path), Path: path))
            .Select(place => (place.File, PrepackedFile.Write(packed, place.Path, place.File, cancellation)))];
    }
}
