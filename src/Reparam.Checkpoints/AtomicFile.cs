namespace Reparam.Checkpoints;

/// <summary>
/// A file that appears whole or not at all: written under a temporary name beside its place, then renamed. Disposing without
/// <see cref="Commit"/> removes the temporary file and leaves an existing destination as it was.
/// </summary>
public sealed class AtomicFile : IDisposable
{
    private const int Attempts = 8;

    private static readonly TimeSpan LeftoverAge = TimeSpan.FromSeconds(2);

    private readonly string temporary;
    private readonly FileStream stream;
    private bool moved;

    /// <summary>Creates the temporary file.</summary>
    /// <param name="path">The destination; its folder must exist.</param>
    /// <exception cref="CheckpointException">The folder does not exist or cannot be written.</exception>
    public AtomicFile(string path)
    {
        Path = path;
        try
        {
            if (Directory.Exists(path))
            {
                throw new IOException("a folder of this name is in the place");
            }

            var full = System.IO.Path.GetFullPath(path);
            if (!Directory.Exists(System.IO.Path.GetDirectoryName(full)))
            {
                throw new DirectoryNotFoundException($"'{System.IO.Path.GetDirectoryName(full)}' is no folder that exists");
            }

            RemoveLeftovers(full);
            (temporary, stream) = CreateTemporary(full, FileAccess.Write, FileOptions.None);
        }
        catch (Exception exception) when (IsFileSystemError(exception))
        {
            throw Unwritable(exception);
        }
    }

    /// <summary>The destination.</summary>
    public string Path { get; }

    /// <summary>The stream to write to; valid until <see cref="Commit"/> or <see cref="Dispose"/>.</summary>
    public Stream Stream => stream;

    /// <summary>Writes a whole file.</summary>
    /// <param name="path">The destination; its folder must exist.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        using var file = new AtomicFile(path);
        file.Fill(write);
        file.Commit();
    }

    /// <summary>Finds out before long work, not after it, that a file cannot be written.</summary>
    /// <param name="path">The destination.</param>
    /// <exception cref="CheckpointException">The folder does not exist or cannot be written.</exception>
    public static void RequireWritable(string path)
    {
        using var file = new AtomicFile(path);
    }

    /// <summary>Runs a writer on the stream; file-system errors become a <see cref="CheckpointException"/>.</summary>
    public void Fill(Action<Stream> write)
    {
        try
        {
            write(stream);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(exception);
        }
    }

    /// <summary>Brings the content to the disk, so that only the rename is left to do.</summary>
    public void Complete()
    {
        try
        {
            stream.Flush(flushToDisk: true);
        }
        catch (Exception exception) when (IsFileSystemError(exception))
        {
            throw Unwritable(exception);
        }
    }

    /// <summary>Lets the finished file be read before it is put in its place. What the reader throws leaves the destination as it was.</summary>
    /// <param name="read">Takes the path of the temporary file. It must have closed the file when it returns.</param>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public void Review(Action<string> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        Complete();
        read(temporary);
    }

    /// <summary>Puts the file in its place.</summary>
    public void Commit()
    {
        Complete();
        try
        {
            // From here to the rename the file has no lock; its age tells another writer that it is no leftover.
            File.SetLastWriteTimeUtc(stream.SafeFileHandle, DateTime.UtcNow);
            stream.Dispose();
            File.Move(temporary, Path, overwrite: true);
            moved = true;
        }
        catch (Exception exception) when (IsFileSystemError(exception))
        {
            throw Unwritable(exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (moved)
        {
            return;
        }

        try
        {
            stream.Dispose();
        }
        catch (Exception exception) when (IsFileSystemError(exception))
        {
            // A full disk fails once more when the buffer is flushed; the error that led here is the one to report.
        }

        try
        {
            File.Delete(temporary);
        }
        catch (Exception exception) when (IsFileSystemError(exception))
        {
            // Left behind, hidden, and removed by the next write to the same place.
        }
    }

    /// <summary>A file in the folder of a destination that has no name, or loses it with its last handle: nothing of it can be left behind.</summary>
    /// <exception cref="CheckpointException">The folder does not exist or cannot be written.</exception>
    internal static FileStream CreateUnnamed(string destination)
    {
        try
        {
            var options = OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None;
            var (name, stream) = CreateTemporary(System.IO.Path.GetFullPath(destination), FileAccess.ReadWrite, options);
            if (!OperatingSystem.IsWindows())
            {
                File.Delete(name);
            }

            return stream;
        }
        catch (Exception exception) when (IsFileSystemError(exception))
        {
            throw Unwritable(destination, exception);
        }
    }

    internal static CheckpointException Unwritable(string path, Exception exception) =>
        new(path, null, CheckpointRule.Writable, $"the file cannot be written: {exception.Message}", exception);

    internal static bool IsFileSystemError(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException or System.Security.SecurityException;

    private static (string Name, FileStream Stream) CreateTemporary(string destination, FileAccess access, FileOptions options)
    {
        for (var attempt = 1; ; attempt++)
        {
            var name = System.IO.Path.Combine(
                System.IO.Path.GetDirectoryName(destination)!, Prefix(destination) + System.IO.Path.GetRandomFileName().Replace(".", "") + ".tmp");
            try
            {
                return (name, new FileStream(name, FileMode.CreateNew, access, FileShare.Read, bufferSize: 1 << 16, options));
            }
            catch (IOException) when (attempt < Attempts)
            {
                // Another writer's sweep of leftovers may have held the new file for a moment: take another name.
            }
        }
    }

    /// <summary>Removes temporary files of writers that were killed. One that is being written is locked, or was written this moment.</summary>
    private static void RemoveLeftovers(string destination)
    {
        var prefix = Prefix(destination);
        var all = new EnumerationOptions { AttributesToSkip = 0 };
        foreach (var leftover in Directory.EnumerateFiles(System.IO.Path.GetDirectoryName(destination)!, "*.tmp", all))
        {
            if (!System.IO.Path.GetFileName(leftover).StartsWith(prefix, StringComparison.Ordinal))
            {
                continue;
            }

            try
            {
                if (DateTime.UtcNow - File.GetLastWriteTimeUtc(leftover) < LeftoverAge)
                {
                    continue;
                }

                using (new FileStream(leftover, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                {
                }

                File.Delete(leftover);
            }
            catch (Exception exception) when (IsFileSystemError(exception))
            {
                // In use, or not ours to delete.
            }
        }
    }

    private static string Prefix(string destination) => $".{System.IO.Path.GetFileName(destination)}.";

    private CheckpointException Unwritable(Exception exception) => Unwritable(Path, exception);
}
