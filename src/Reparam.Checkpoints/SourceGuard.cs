using Reparam.Checkpoints.Sharding;

namespace Reparam.Checkpoints;

/// <summary>Keeps a conversion from replacing the file that it reads: what it loses could not be had back.</summary>
public static class SourceGuard
{
    /// <summary>Refuses an output that is one of the checkpoint's own files, under whatever path.</summary>
    /// <param name="checkpoint">The checkpoint that is read.</param>
    /// <param name="output">The file to be written.</param>
    /// <exception cref="CheckpointException">They are one file.</exception>
    public static void RequireOther(ICheckpoint checkpoint, string output)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        RequireOther(checkpoint.Path, output);
        foreach (var shard in (Origin(checkpoint) as ShardedCheckpoint)?.ShardPaths ?? [])
        {
            RequireOther(shard, output);
        }
    }

    /// <summary>Refuses an output that is the source, under whatever path.</summary>
    /// <param name="source">The file that is read.</param>
    /// <param name="output">The file to be written.</param>
    /// <exception cref="CheckpointException">They are one file.</exception>
    public static void RequireOther(string source, string output)
    {
        var comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        if (string.Equals(Resolve(source), Resolve(output), comparison))
        {
            throw new CheckpointException(output, null, CheckpointRule.Distinct, $"the output is also the input '{source}', expected another file");
        }
    }

    /// <summary>Refuses an output in shards one of which could be one of the checkpoint's own files.</summary>
    /// <param name="checkpoint">The checkpoint that is read.</param>
    /// <param name="output">The file that the shards are named after.</param>
    /// <exception cref="CheckpointException">They could be one file, or shards cannot be named after the output.</exception>
    public static void RequireOtherShards(ICheckpoint checkpoint, string output)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        RequireOtherShards(checkpoint.Path, output);
        foreach (var shard in (Origin(checkpoint) as ShardedCheckpoint)?.ShardPaths ?? [])
        {
            RequireOtherShards(shard, output);
        }
    }

    /// <summary>Refuses an output in shards one of which could be the source.</summary>
    /// <param name="source">The file that is read.</param>
    /// <param name="output">The file that the shards are named after.</param>
    /// <exception cref="CheckpointException">They could be one file, or shards cannot be named after the output.</exception>
    public static void RequireOtherShards(string source, string output)
    {
        var shards = ShardedOutput.Of(output);
        var resolved = shards with { Folder = Resolve(shards.Folder.Length == 0 ? "." : shards.Folder) };
        if (resolved.Includes(Resolve(source)))
        {
            throw new CheckpointException(
                output, null, CheckpointRule.Distinct,
                $"a shard or the index of the output could be the input '{source}', expected other names or another folder");
        }
    }

    private static ICheckpoint Origin(ICheckpoint checkpoint) => checkpoint is RewrittenCheckpoint rewritten ? Origin(rewritten.Source) : checkpoint;

    /// <summary>The path behind all links; the path itself where it cannot be followed.</summary>
    /// <remarks>Links are followed in every part of the path. Another hard link needs no care: a rename replaces the name, not the data.</remarks>
    internal static string Resolve(string path)
    {
        try
        {
            return FilePlace.Follow(path);
        }
        catch (Exception exception) when (AtomicFile.IsFileSystemError(exception))
        {
            // A path that cannot be followed is reported by whoever opens it.
            return path;
        }
    }
}
