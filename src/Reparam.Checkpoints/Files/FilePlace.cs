namespace Reparam.Checkpoints;

/// <summary>Where a path leads once every symbolic link in it has been followed, and what may be done there.</summary>
internal static class FilePlace
{
    // As many as Linux follows.
    private const int MaxLinks = 40;

    /// <summary>Follows the links of every part of a path. What a link leads to need not exist.</summary>
    /// <returns>A full path without links.</returns>
    /// <exception cref="IOException">The links form a loop.</exception>
    public static string Follow(string path)
    {
        var full = Path.GetFullPath(path);
        var resolved = Path.GetPathRoot(full)!;
        var parts = new Stack<string>();
        Push(parts, full[resolved.Length..]);
        for (var links = 0; parts.TryPop(out var part);)
        {
            if (part == "..")
            {
                resolved = Path.GetDirectoryName(resolved) ?? resolved;
                continue;
            }

            var next = Path.Combine(resolved, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                resolved = next;
                continue;
            }

            if (++links > MaxLinks)
            {
                throw new IOException($"found more than {MaxLinks} symbolic links one behind the other, expected an end: they form a loop");
            }

            var root = Path.GetPathRoot(target) ?? "";
            resolved = root.Length > 0 && Path.IsPathRooted(target) ? root : resolved;
            Push(parts, target[root.Length..]);
        }

        return resolved;
    }

    /// <summary>What speaks against a file at a path without links; null if a file is there, or nothing.</summary>
    public static string? Problem(string place) => Problem(FileNode.Of(place).Kind);

    /// <summary>What speaks against reading a path as a file; null if it is one, or if opening it will tell.</summary>
    public static string? ReadProblem(string path)
    {
        try
        {
            return Problem(Follow(path));
        }
        catch (IOException exception)
        {
            return exception.Message;
        }
        catch (Exception exception) when (AtomicFile.IsFileSystemError(exception))
        {
            return null;
        }
    }

    private static string? Problem(NodeKind kind) => kind switch
    {
        NodeKind.Nothing or NodeKind.File => null,
        NodeKind.Folder => "found a folder of this name, expected a file",
        NodeKind.Link => "found a symbolic link, expected a file",
        NodeKind.CharacterDevice => "found a character device, expected a file",
        NodeKind.BlockDevice => "found a block device, expected a file",
        NodeKind.Pipe => "found a named pipe, expected a file",
        NodeKind.Socket => "found a socket, expected a file",
        _ => "found neither a file nor a folder, expected a file",
    };

    private static void Push(Stack<string> parts, string path)
    {
        char[] separators = [Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar];
        foreach (var part in path.Split(separators, StringSplitOptions.RemoveEmptyEntries).Reverse().Where(part => part != "."))
        {
            parts.Push(part);
        }
    }
}
