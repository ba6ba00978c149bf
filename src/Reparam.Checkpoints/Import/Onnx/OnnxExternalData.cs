using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Import.Onnx;

/// <summary>
/// The files beside an ONNX model that hold elements of its tensors. A location is a path below the model's folder: a model must not name other files of the
/// machine. Links are followed where they lead into that folder, or into the one that the model's own link leads to, as caches of downloads have it.
/// </summary>
internal sealed class OnnxExternalData(string path)
{
    private readonly string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
    private readonly Dictionary<string, (string Path, long Length)> files = new(StringComparer.Ordinal);

    /// <summary>The files found.</summary>
    public IEnumerable<string> Files => files.Values.Select(file => file.Path);

    /// <summary>What writes the elements.</summary>
    /// <param name="entries">Keys and values: <c>location</c>, <c>offset</c>, <c>length</c>.</param>
    /// <param name="bytes">Bytes of the elements.</param>
    /// <param name="refused">Makes an exception of what is wrong.</param>
    public TensorSource Source(IReadOnlyDictionary<string, string> entries, long bytes, Func<string, CheckpointException> refused)
    {
        var location = entries.GetValueOrDefault("location", "");
        var (file, fileLength) = Find(location, refused);
        var offset = Number(entries, "offset", 0, refused);
        var length = Number(entries, "length", bytes, refused);
        if (length != bytes || offset > fileLength || bytes > fileLength - offset)
        {
            throw refused($"found {length} bytes from {offset} of '{location}' with {fileLength}, expected {bytes} within the file");
        }

        return (destination, cancellationToken) =>
        {
            if (bytes == 0)
            {
                return;
            }

            // Not kept open: a model may have a file for each tensor.
            using var handle = OpenFile(file, location, refused);
            FileRange.Source(handle, file, offset, bytes)(destination, cancellationToken);
        };
    }

    private static SafeFileHandle OpenFile(string file, string location, Func<string, CheckpointException> refused)
    {
        try
        {
            return File.OpenHandle(file);
        }
        catch (Exception exception) when (AtomicFile.IsFileSystemError(exception))
        {
            throw refused($"the file '{location}' cannot be read: {exception.Message}");
        }
    }

    private (string Path, long Length) Find(string location, Func<string, CheckpointException> refused)
    {
        if (files.TryGetValue(location, out var known))
        {
            return known;
        }

        var parts = location.Split('/', '\\').Where(part => part != ".").ToArray();
        if (Path.IsPathRooted(location) || location.Any(char.IsControl) || parts.Length == 0 || parts.Any(part => part is "" or ".." || part.Contains(':')))
        {
            throw refused($"found external data in '{location}', expected a path below the model's folder");
        }

        var file = SourceGuard.Resolve(Path.Combine([folder, .. parts]));
        if (!IsBelow(file, SourceGuard.Resolve(folder)) && !IsBelow(file, Path.GetDirectoryName(SourceGuard.Resolve(path))!))
        {
            throw refused($"found external data in '{location}', a link that leaves the model's folder");
        }

        var info = new FileInfo(file);
        if (!info.Exists)
        {
            throw refused($"found no file '{location}' beside the model, which holds its elements");
        }

        if (FilePlace.ReadProblem(file) is { } problem)
        {
            throw refused($"the file '{location}' cannot be read: {problem}");
        }

        files.Add(location, (file, info.Length));
        return (file, info.Length);
    }

    private static bool IsBelow(string file, string folder) =>
        file.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static long Number(IReadOnlyDictionary<string, string> entries, string key, long otherwise, Func<string, CheckpointException> refused) =>
        !entries.TryGetValue(key, out var text) ? otherwise
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value
        : throw refused($"found '{text}' as the {key} of external data, expected a number");
}
