using System.Collections.Immutable;
using System.Globalization;

namespace Reparam.Checkpoints.Sharding;

/// <summary>
/// The files of a checkpoint that is written in shards: <c>NAME-00001-of-0000N.safetensors</c> … and <c>NAME.safetensors.index.json</c>, or one
/// <c>NAME.safetensors</c>.
/// </summary>
/// <param name="Folder">The folder.</param>
/// <param name="Name">Name without ending, such as <c>model</c>.</param>
internal sealed record ShardedOutput(string Folder, string Name)
{
    private const string Suffix = ".safetensors";
    private const int Digits = 5;

    /// <summary>The index.</summary>
    public string Index => Path.Combine(Folder, Name + Suffix + Checkpoint.IndexSuffix);

    /// <summary>The file that holds everything when that fits into one.</summary>
    public string Single => Path.Combine(Folder, Name + Suffix);

    /// <summary>The files that go by the name of a single one.</summary>
    /// <exception cref="CheckpointException">The name does not end in <c>.safetensors</c>.</exception>
    public static ShardedOutput Of(string path)
    {
        var file = Path.GetFileName(path);
        return file.EndsWith(Suffix, StringComparison.Ordinal) && file.Length > Suffix.Length
            ? new ShardedOutput(Path.GetDirectoryName(path) ?? "", file[..^Suffix.Length])
            : throw new CheckpointException(
                path, null, CheckpointRule.Writable, $"found the name '{file}', expected one that ends in {Suffix}: shards are named after it");
    }

    /// <summary>File name of a shard.</summary>
    /// <param name="number">From 1.</param>
    /// <param name="count">Number of shards.</param>
    public string Shard(int number, int count) => string.Create(CultureInfo.InvariantCulture, $"{Name}-{number:D5}-of-{count:D5}{Suffix}");

    /// <summary>Whether a path is that of one of the files, whatever the number of shards.</summary>
    public bool Includes(string path)
    {
        var file = Path.GetFileName(path);
        return Path.GetDirectoryName(path) == Path.GetDirectoryName(Single)
            && (file == Path.GetFileName(Index) || file == Path.GetFileName(Single) || IsShard(file));
    }

    /// <summary>Shards of this name that an index of an earlier write lists; nothing else of the folder is ours.</summary>
    public ImmutableArray<string> EarlierShards()
    {
        try
        {
            return File.Exists(Index) ? [.. ShardIndex.Read(Index).Values.Distinct(StringComparer.Ordinal).Where(IsShard)] : [];
        }
        catch (CheckpointException)
        {
            // An index that cannot be read says nothing.
            return [];
        }
    }

    /// <summary>Removes what killed writers of shards of this name have left, whatever their number of shards.</summary>
    public void RemoveLeftovers()
    {
        try
        {
            Leftovers.Remove(Path.GetDirectoryName(Path.GetFullPath(Single))!, IsShard);
        }
        catch (Exception exception) when (AtomicFile.IsFileSystemError(exception))
        {
            // A folder that cannot be read is reported by the files that cannot be written into it.
        }
    }

    /// <summary>Takes the index of an earlier write away.</summary>
    /// <exception cref="CheckpointException">It cannot be removed.</exception>
    public void RemoveIndex()
    {
        try
        {
            File.Delete(FilePlace.Follow(Index));
        }
        catch (Exception exception) when (AtomicFile.IsFileSystemError(exception))
        {
            throw AtomicFile.Unwritable(Index, exception);
        }
    }

    /// <summary>Removes files of an earlier write that no index lists any more. One that cannot be removed does no harm.</summary>
    public void Remove(IEnumerable<string> files)
    {
        foreach (var file in files.Select(file => Path.Combine(Folder, file)).Where(file => FileNode.Of(file).Kind == NodeKind.File))
        {
            try
            {
                File.Delete(file);
            }
            catch (Exception exception) when (AtomicFile.IsFileSystemError(exception))
            {
            }
        }
    }

    private bool IsShard(string file)
    {
        var prefix = Name + "-";
        const string Middle = "-of-";
        if (file.Length != prefix.Length + Digits + Middle.Length + Digits + Suffix.Length || !file.StartsWith(prefix, StringComparison.Ordinal)
            || !file.EndsWith(Suffix, StringComparison.Ordinal))
        {
            return false;
        }

        var numbers = file.AsSpan(prefix.Length, Digits + Middle.Length + Digits);
        return numbers[Digits..].StartsWith(Middle) && numbers[..Digits].IndexOfAnyExceptInRange('0', '9') < 0
            && numbers[^Digits..].IndexOfAnyExceptInRange('0', '9') < 0;
    }
}
