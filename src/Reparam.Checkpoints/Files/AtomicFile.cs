namespace Reparam.Checkpoints;

/// <summary>
/// A file that appears whole or not at all: written under a temporary name beside its place, then renamed. Disposing without
/// <see cref="Commit"/> removes the temporary file and leaves an existing destination as it was.
/// </summary>
/// <remarks>
/// Symbolic links are followed: what they lead to is replaced, and they stay. Anything else than a file, such as a device or a pipe, is refused.
/// A file that is replaced hands on its mode, and its owner where the process may set it.
/// </remarks>
public sealed class AtomicFile : IDisposable
{
    private const int Attempts = 8;

    private const UnixFileMode OwnerAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode Permissions = ~(UnixFileMode.SetUser | UnixFileMode.SetGroup | UnixFileMode.StickyBit);

    private readonly string place;
    private readonly string temporary;
    private readonly FileStream stream;
    private bool moved;

    /// <summary>Creates the temporary file.</summary>
    /// <param name="path">The destination; its folder must exist.</param>
    /// <exception cref="CheckpointException">The folder does not exist or cannot be written, or the destination is something else than a file.</exception>
    public AtomicFile(string path)
    {
        Path = path;
        try
        {
            place = PlaceOf(path);
            var replaced = FileNode.Of(place);
            Leftovers.Remove(place);
            (temporary, stream) = CreateTemporary(place, FileAccess.Write, FileOptions.None, replaced.Mode);
            HandOn(replaced);
        }
        catch (Exception exception) when (IsFileSystemError(exception))
        {
            throw Unwritable(exception);
        }
    }

    /// <summary>The destination as it was given.</summary>
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
        catch (Exception exception) when (IsWriteError(exception))
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
    /// <param name="read">Takes the path of the temporary file. It must have closed the file before <see cref="Commit"/>.</param>
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
            RequireFile(place);
            File.Move(temporary, place, overwrite: true);
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
            var (name, stream) = CreateTemporary(PlaceOf(destination), FileAccess.ReadWrite, options, OwnerAlone);
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

    /// <summary>
    /// Whether a write failed in the file system. A file that grows beyond what that or a limit of the process allows is told in an exception of its own.
    /// </summary>
    internal static bool IsWriteError(Exception exception) =>
        exception is IOException or UnauthorizedAccessException
            || (exception is ArgumentOutOfRangeException { ParamName: "value" } && exception.Source == typeof(FileStream).Assembly.GetName().Name);

    internal static bool IsFileSystemError(Exception exception) =>
        exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException or System.Security.SecurityException;

    /// <summary>Where a file is really written.</summary>
    private static string PlaceOf(string path)
    {
        var place = FilePlace.Follow(path);
        RequireFile(place);
        var folder = System.IO.Path.GetDirectoryName(place);
        return Directory.Exists(folder) ? place : throw new DirectoryNotFoundException($"'{folder}' is no folder that exists");
    }

    private static void RequireFile(string place)
    {
        if (FilePlace.Problem(place) is { } problem)
        {
            throw new IOException(problem);
        }
    }

    private static (string Name, FileStream Stream) CreateTemporary(string place, FileAccess access, FileOptions options, UnixFileMode? mode)
    {
        var settings = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = access,
            Share = FileShare.Read,
            BufferSize = 1 << 16,
            Options = options,
        };
        if (mode is not null && !OperatingSystem.IsWindows())
        {
            // What others may not read they may not read half-written either.
            settings.UnixCreateMode = mode & OwnerAlone;
        }

        for (var attempt = 1; ; attempt++)
        {
            var name = Leftovers.NewName(place);
            try
            {
                return (name, new FileStream(name, settings));
            }
            catch (IOException) when (attempt < Attempts)
            {
                // Another writer's sweep of leftovers may have held the new file for a moment: take another name.
            }
        }
    }

    /// <summary>Gives the new file owner and mode of the one that it replaces.</summary>
    private void HandOn(FileNode replaced)
    {
        if (replaced is { User: { } user, Group: { } group })
        {
            FileNode.SetOwner(stream.SafeFileHandle, user, group);
        }

        if (replaced.Mode is { } mode && !OperatingSystem.IsWindows())
        {
            try
            {
                // Not the bits that run a file as its owner: the owner may be another one now.
                File.SetUnixFileMode(stream.SafeFileHandle, mode & Permissions);
            }
            catch (Exception exception) when (IsFileSystemError(exception))
            {
                // A file system without modes.
            }
        }
    }

    private CheckpointException Unwritable(Exception exception) => Unwritable(Path, exception);
}
