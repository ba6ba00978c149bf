using System.Collections.Immutable;
using System.Security.Cryptography;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Sharding;

/// <summary>A checkpoint in several safetensors files with an index that says which file holds which tensor.</summary>
public sealed class ShardedCheckpoint : ICheckpoint
{
    private readonly ImmutableDictionary<string, SafetensorsFile> shardOf;
    private readonly ImmutableArray<SafetensorsFile> shards;

    // As it was when the shards were found by it: another one in its place is of another checkpoint.
    private readonly byte[] index;

    private ShardedCheckpoint(string path, byte[] index, ImmutableArray<SafetensorsFile> shards, ImmutableDictionary<string, SafetensorsFile> shardOf)
    {
        Path = path;
        this.index = index;
        this.shards = shards;
        this.shardOf = shardOf;
        Names = [.. shardOf.Keys.Order(StringComparer.Ordinal)];
        Metadata = CommonMetadata(shards);
    }

    /// <inheritdoc/>
    public string Path { get; }

    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Paths of the shards, in ordinal order of their names.</summary>
    public IReadOnlyList<string> ShardPaths => [.. shards.Select(shard => shard.Path)];

    /// <summary>Opens an index and all its shards, and checks that they belong together.</summary>
    /// <param name="indexPath">The index, a JSON file beside the shards.</param>
    /// <exception cref="CheckpointException">
    /// The index or a shard cannot be read or breaks a rule; a shard's path leaves the folder of the index; index and shards do not list the same
    /// tensors, each once; or the index does not have the checksum that it says.
    /// </exception>
    public static ShardedCheckpoint Open(string indexPath)
    {
        ArgumentNullException.ThrowIfNull(indexPath);
        var index = InputFile.ReadAll(indexPath);
        var map = ShardIndex.Parse(indexPath, index);
        var folder = System.IO.Path.GetDirectoryName(indexPath) ?? "";
        var opened = new List<SafetensorsFile>();
        try
        {
            var shardOf = ImmutableDictionary.CreateBuilder<string, SafetensorsFile>(StringComparer.Ordinal);
            foreach (var group in map.GroupBy(pair => pair.Value, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
            {
                var shard = SafetensorsFile.Open(System.IO.Path.Combine(folder, group.Key));
                opened.Add(shard);
                foreach (var name in shard.Names)
                {
                    if (!map.TryGetValue(name, out var listed))
                    {
                        throw new CheckpointException(
                            indexPath, name, CheckpointRule.ShardContent,
                            $"found the tensor in '{group.Key}', expected it in the index too");
                    }

                    if (shardOf.TryGetValue(name, out var other))
                    {
                        throw new CheckpointException(
                            indexPath, name, CheckpointRule.ShardContent, $"found the tensor in '{other.Path}' and '{shard.Path}', expected it in one shard");
                    }

                    if (listed != group.Key)
                    {
                        throw new CheckpointException(
                            indexPath, name, CheckpointRule.ShardContent, $"found the tensor in '{group.Key}', expected it in '{listed}' as the index says");
                    }

                    shardOf.Add(name, shard);
                }
            }

            foreach (var (name, shard) in map)
            {
                if (!shardOf.ContainsKey(name))
                {
                    throw new CheckpointException(
                        indexPath, name, CheckpointRule.ShardContent,
                        $"found no such tensor in '{shard}', where the index places it");
                }
            }

            if (opened.Count > 0 && opened.TrueForAll(shard => shard.HasChecksums) && IndexChecksum.IsIn(index))
            {
                IndexChecksum.Require(indexPath, index, opened);
            }

            return new ShardedCheckpoint(indexPath, index, [.. opened], shardOf.ToImmutable());
        }
        catch
        {
            opened.ForEach(shard => shard.Dispose());
            throw;
        }
    }

    /// <summary>Shards that are open already and have no name in common.</summary>
    /// <param name="indexPath">Path for messages.</param>
    /// <param name="shards">The shards, which are disposed with the checkpoint.</param>
    internal static ShardedCheckpoint Of(string indexPath, IEnumerable<SafetensorsFile> shards)
    {
        ImmutableArray<SafetensorsFile> all = [.. shards];
        return new ShardedCheckpoint(
            indexPath, [], all, all.SelectMany(shard => shard.Names.Select(name => (name, shard)))
                .ToImmutableDictionary(entry => entry.name, entry => entry.shard, StringComparer.Ordinal));
    }

    /// <inheritdoc/>
    public bool Contains(string name) => shardOf.ContainsKey(name);

    /// <inheritdoc/>
    public TensorInfo Info(string name) => Find(name).Info(name);

    /// <inheritdoc/>
    public void Read(string name, long offset, Span<byte> destination) => Find(name).Read(name, offset, destination);

    /// <inheritdoc/>
    public UInt128? Checksum(string name) => Find(name).Checksum(name);

    /// <summary>The shards, in ordinal order of their names.</summary>
    internal ImmutableArray<SafetensorsFile> Shards => shards;

    /// <summary>
    /// Holds index and shards against the checksum that the index of shards with checksums has. Without an index, as before the shards are in their places,
    /// there is nothing to do.
    /// </summary>
    /// <exception cref="CheckpointException">The index has no checksum, or another one.</exception>
    internal void RequireIndex()
    {
        if (index.Length > 0)
        {
            IndexChecksum.Require(Path, index, shards);
        }
    }

    /// <summary>Finds out whether every shard is, by length and time, the one that was opened.</summary>
    /// <exception cref="CheckpointException">One was written to meanwhile.</exception>
    internal void RequireUnchanged()
    {
        foreach (var shard in shards)
        {
            shard.RequireUnchanged();
        }
    }

    /// <summary>Path of the shard that holds a tensor.</summary>
    internal string ShardOf(string name) => Find(name).Path;

    /// <summary>Adds every byte of the index as it was opened, then of each shard in ordinal order of their names.</summary>
    /// <exception cref="CheckpointException">A shard cannot be read, or is shorter than it was.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal void AppendTo(IncrementalHash hash, CancellationToken cancellationToken)
    {
        hash.AppendData(index);
        foreach (var shard in shards)
        {
            shard.AppendTo(hash, cancellationToken);
        }
    }

    /// <summary>Closes all shards.</summary>
    public void Dispose()
    {
        foreach (var shard in shards)
        {
            shard.Dispose();
        }
    }

    private static ImmutableDictionary<string, string> CommonMetadata(ImmutableArray<SafetensorsFile> shards) =>
        shards.SelectMany(shard => shard.Metadata)
            .GroupBy(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal)
            .Where(group => group.Distinct(StringComparer.Ordinal).Count() == 1)
            .ToImmutableDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);

    private SafetensorsFile Find(string name) =>
        shardOf.TryGetValue(name, out var shard)
            ? shard
            : throw new CheckpointException(Path, name, CheckpointRule.TensorExists, $"found no such tensor among the {Names.Count} of the checkpoint");
}
