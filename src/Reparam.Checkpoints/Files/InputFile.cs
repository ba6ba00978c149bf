using System.Text;

namespace Reparam.Checkpoints;

/// <summary>Opens what is to be read. A device, pipe, socket or folder is refused at once: reading one could wait for ever.</summary>
public static class InputFile
{
    /// <summary>Refuses a path that leads to something else than a file. A path that leads nowhere is left to whoever opens it.</summary>
    /// <exception cref="CheckpointException">A device, pipe, socket or folder, or links that form a loop.</exception>
    public static void RequireFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (FilePlace.ReadProblem(path) is { } problem)
        {
            throw new CheckpointException(path, null, CheckpointRule.Readable, $"the file cannot be read: {problem}");
        }
    }

    /// <summary>
    /// Reads a JSON file as UTF-8. A byte order mark is left out; a file that starts with the one of UTF-16 or UTF-32 is converted, as editors and shells
    /// write them.
    /// </summary>
    /// <exception cref="CheckpointException">The path leads to no file, or it cannot be read.</exception>
    public static byte[] ReadJson(string path) => WithoutMark(ReadAll(path));

    /// <summary>Reads a file as it is.</summary>
    /// <exception cref="CheckpointException">The path leads to no file, or it cannot be read.</exception>
    internal static byte[] ReadAll(string path)
    {
        RequireFile(path);
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception exception) when (AtomicFile.IsFileSystemError(exception))
        {
            throw new CheckpointException(path, null, CheckpointRule.Readable, $"the file cannot be read: {exception.Message}", exception);
        }
    }

    /// <summary>JSON as <see cref="ReadJson"/> gives it.</summary>
    /// <param name="bytes">The file's bytes.</param>
    internal static byte[] WithoutMark(byte[] bytes)
    {
        // UTF-32 first: its mark begins with that of UTF-16.
        foreach (var encoding in (Encoding[])[Encoding.UTF32, new UTF32Encoding(bigEndian: true, byteOrderMark: true), Encoding.Unicode,
            Encoding.BigEndianUnicode])
        {
            if (bytes.AsSpan().StartsWith(encoding.Preamble))
            {
                return Encoding.UTF8.GetBytes(encoding.GetString(bytes.AsSpan(encoding.Preamble.Length)));
            }
        }

        return bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
    }
}
