using System.Security.Cryptography;
using Reparam.Checkpoints.Safetensors;
using Reparam.Checkpoints.Sharding;

namespace Reparam.Checkpoints;

/// <summary>Opens a checkpoint whatever its layout.</summary>
public static class Checkpoint
{
    /// <summary>Ending of an index file.</summary>
    public const string IndexSuffix = ".index.json";

    /// <summary>The index that is taken where a folder has several, such as one for each precision.</summary>
    private const string PreferredIndex = "model" + FileSuffix + IndexSuffix;

    private const string FileSuffix = ".safetensors";

    /// <summary>
    /// Opens a safetensors file, the index of a sharded checkpoint (any <c>.json</c> file), or a folder that holds one of either. In a folder an index goes
    /// before single files, and <c>model.safetensors.index.json</c> before other indexes.
    /// </summary>
    /// <exception cref="CheckpointException">Nothing to open, more than one candidate in the folder, or a broken rule of the format.</exception>
    public static ICheckpoint Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var file = Directory.Exists(path) ? Choose(path) : path;
        return file.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? ShardedCheckpoint.Open(file) : SafetensorsFile.Open(file);
    }

    /// <summary>
    /// SHA-256 of a checkpoint's bytes, in lower-case hexadecimal: of the file; for shards, of the index followed by the shards in ordinal order of
    /// their names.
    /// </summary>
    /// <exception cref="CheckpointException">A file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static string ComputeHash(ICheckpoint checkpoint, CancellationToken cancellationToken = default)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        switch (checkpoint)
        {
            case RewrittenCheckpoint rewritten:
                return ComputeHash(rewritten.Source, cancellationToken);
            case ShardedCheckpoint sharded:
                sharded.AppendTo(hash, cancellationToken);
                break;
            case SafetensorsFile file:
                file.AppendTo(hash, cancellationToken);
                break;
            default:
                throw new ArgumentException($"found a {checkpoint.GetType().Name}, expected a checkpoint of files", nameof(checkpoint));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Choose(string folder)
    {
        string[] indexes, files;
        try
        {
            indexes = Directory.GetFiles(folder, "*" + IndexSuffix);
            files = Directory.GetFiles(folder, "*" + FileSuffix);
        }
        catch (Exception exception) when (AtomicFile.IsFileSystemError(exception))
        {
            throw new CheckpointException(folder, null, CheckpointRule.Readable, $"the folder cannot be read: {exception.Message}", exception);
        }

        if (indexes.Length > 1 && Array.Find(indexes, index => Path.GetFileName(index) == PreferredIndex) is { } preferred)
        {
            return preferred;
        }

        var candidates = indexes.Length > 0 ? indexes : files;
        if (candidates.Length == 1)
        {
            return candidates[0];
        }

        var kind = indexes.Length > 0 ? $"*{IndexSuffix}" : $"*{FileSuffix}";
        Array.Sort(candidates, StringComparer.Ordinal);
        var list = string.Join(", ", candidates.Take(5).Select(Path.GetFileName));
        throw new CheckpointException(
            folder, null, CheckpointRule.Folder,
            candidates.Length == 0
                ? $"found neither *{IndexSuffix} nor *{FileSuffix} in the folder, expected one"
                : $"found {candidates.Length} files {kind} in the folder ({list}), expected one{(indexes.Length > 0 ? $" or {PreferredIndex}" : "")}: name "
                    + "the file");
    }
}
