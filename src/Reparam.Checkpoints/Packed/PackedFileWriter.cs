using Reparam.Checkpoints.Safetensors;
using Reparam.Checkpoints.Sharding;

namespace Reparam.Checkpoints.Packed;

/// <summary>
/// Collects coded layers and the tensors that are copied as they were, and writes the packed file. The bytes depend on the content
/// alone, not on the order of the calls. A coded matrix is not kept: its parts go to the disk at once where a destination is given.
/// </summary>
public sealed class PackedFileWriter : IDisposable
{
    private readonly SafetensorsWriter file = new() { HasChecksums = true };
    private readonly SortedList<string, CodedEntry> layers = new(StringComparer.Ordinal);
    private readonly StoredTables tables = new();
    private readonly SpillFile? spill;

    /// <summary>Begins an empty file.</summary>
    /// <param name="destination">
    /// The file that will be written. The parts of coded layers wait in its folder, in a file without a name, so that memory does not grow with
    /// them. Null, the default, keeps the parts in memory.
    /// </param>
    /// <exception cref="CheckpointException">The folder cannot be written.</exception>
    public PackedFileWriter(string? destination = null) => spill = destination is null ? null : new SpillFile(destination);

    /// <summary>Bytes of coded layers that wait on the disk; 0 where no destination was given.</summary>
    public long SpilledBytes => spill?.Length ?? 0;

    /// <summary>SHA-256 of the source checkpoint, see <see cref="Checkpoint.ComputeHash"/>; null when there is none.</summary>
    public string? SourceHash { get; set; }

    /// <summary>Version of the tool that writes; that of this library if not set.</summary>
    public string ToolVersion { get; set; } = typeof(PackedFileWriter).Assembly.GetName().Version!.ToString(3);

    /// <summary>Adds a coded weight.</summary>
    /// <param name="name">Name of the weight, such as <c>layers.0.attention.wq.weight</c>.</param>
    /// <param name="method">Name of the method, such as <c>shiftadd</c>.</param>
    /// <param name="shape">Shape of the weight: [rows, …].</param>
    /// <param name="sourceType">Element type of the weight in the source checkpoint.</param>
    /// <param name="matrix">The coded matrix in the canonical form of its format, which is registered (<see cref="PackedFormats.Register"/>).</param>
    /// <exception cref="ArgumentException">
    /// The name is taken, shape and matrix do not fit, or the matrix is not in canonical form; or another format is registered under the name of the matrix's.
    /// </exception>
    /// <exception cref="InvalidOperationException">The format does not write the parts that its spec lists.</exception>
    public void AddLayer(string name, string method, ReadOnlySpan<long> shape, DType sourceType, CodedMatrix matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        PackedFormats.Register(matrix.Format);
        if (matrix.Format.Problem(matrix) is { } problem)
        {
            throw new ArgumentException($"tensor '{name}': {problem}", nameof(matrix));
        }

        var spec = PackedLayerSpec.Of(name, method, shape, sourceType, matrix);
        var parts = new SafetensorsWriter();
        spec.Format.Write(parts, name, spec, matrix);
        RequireListed(name, spec, parts);
        foreach (var part in parts.InOrder())
        {
            file.Add(part.Info.Name, part.Info.DType, part.Info.Shape.AsSpan(), spill is null ? part.Source : spill.Add(part));
        }

        layers.Add(name, new CodedEntry(spec, tables.Add(spec, matrix), PackedCanary.Of(name, matrix)));
    }

    /// <summary>Holds what a format wrote against what its spec lists: a reader expects just that.</summary>
    private static void RequireListed(string name, PackedLayerSpec spec, SafetensorsWriter parts)
    {
        var written = parts.InOrder().Select(part => part.Info.ToString()).ToHashSet(StringComparer.Ordinal);
        var listed = spec.Parts(name).Select(part => part.ToString()).ToHashSet(StringComparer.Ordinal);
        if (!written.SetEquals(listed))
        {
            throw new InvalidOperationException(
                $"the format '{spec.Format}' wrote [{string.Join("; ", written.Order(StringComparer.Ordinal))}], expected the parts of its spec: "
                    + $"[{string.Join("; ", listed.Order(StringComparer.Ordinal))}]");
        }

        if (spec.Parts(name).FirstOrDefault(part => !spec.Format.Suffixes.Contains(part.Name[name.Length..])) is { } other)
        {
            throw new InvalidOperationException(
                $"the format '{spec.Format}' wrote '{other.Name}', expected '{name}' and one of its suffixes: {string.Join(", ", spec.Format.Suffixes)}");
        }
    }

    /// <summary>Copies a tensor as it is stored in the source, which must stay open until the write.</summary>
    /// <exception cref="CheckpointException">The source has no such tensor.</exception>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public void Copy(ICheckpoint source, string name) => file.Add(source, name);

    /// <summary>Copies every tensor of the source that no layer codes, and its metadata. Call it once, after the layers.</summary>
    /// <param name="source">The dense checkpoint.</param>
    /// <param name="leftOut">Names of tensors that are not copied; null for none.</param>
    /// <exception cref="CheckpointException">The source is a packed file itself, or has a tensor with the name of a part of a coded weight.</exception>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    public void CopyRest(ICheckpoint source, IReadOnlySet<string>? leftOut = null)
    {
        if (PackedFile.IsPacked(source))
        {
            throw new CheckpointException(
                source.Path, null, CheckpointRule.Packed,
                "found a packed file, expected a dense checkpoint: its layers are coded already");
        }

        PackedNames.RequireFree(source, layers.Keys.ToHashSet(StringComparer.Ordinal));
        foreach (var name in source.Names.Where(name => !layers.ContainsKey(name) && leftOut?.Contains(name) != true))
        {
            file.Add(source, name);
        }

        foreach (var (key, value) in source.Metadata.Where(entry => !PackedKeys.ReservedKeys.Contains(entry.Key)))
        {
            file.SetMetadata(key, value);
        }
    }

    /// <summary>Sets a metadata entry, such as <c>reparam.config</c>.</summary>
    /// <exception cref="ArgumentException">The writer sets the entry itself.</exception>
    public void SetMetadata(string key, string value)
    {
        if (PackedKeys.ReservedKeys.Contains(key))
        {
            throw new ArgumentException($"metadata entry '{key}' is set by the writer", nameof(key));
        }

        file.SetMetadata(key, value);
    }

    /// <summary>Writes the file: under a temporary name beside its place, then renamed. Nothing is left behind on failure.</summary>
    /// <param name="path">The destination; its folder must exist.</param>
    /// <param name="cancellationToken">Ends the write; the destination is as it was.</param>
    /// <param name="review">Reads the finished file before it is put in its place. What it throws ends the write. Null for none.</param>
    /// <param name="maxShardBytes">Maximum bytes of tensor data in one of the shards, which are named after the file; null for one file.</param>
    /// <returns>Path of the file, or of the shards' index.</returns>
    /// <exception cref="ArgumentException">A copied tensor has the name of a table.</exception>
    /// <exception cref="CheckpointException">The file cannot be written, or <paramref name="review"/> refuses it.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public string Write(string path, CancellationToken cancellationToken = default, Action<PackedFile>? review = null, long? maxShardBytes = null) =>
        ShardedWriter.Write(Complete(), path, maxShardBytes, cancellationToken, review is null ? null : written => Review(path, written, review));

    private static void Review(string path, ICheckpoint written, Action<PackedFile> review)
    {
        try
        {
            using var file = PackedFile.Of(written);
            review(file);
        }
        catch (CheckpointException exception)
        {
            // The temporary file is gone when this is read.
            throw new CheckpointException(
                path, exception.Tensor, CheckpointRule.Writable, $"the file was not put in its place, because it did not pass its check: {exception.Detail}",
                exception);
        }
    }

    /// <summary>Writes the file's bytes to a stream.</summary>
    /// <exception cref="ArgumentException">A copied tensor has the name of a table.</exception>
    public void Write(Stream destination, CancellationToken cancellationToken = default) => Complete().Write(destination, cancellationToken);

    /// <summary>Releases what waits on the disk; nothing can be written any more.</summary>
    public void Dispose() => spill?.Dispose();

    /// <summary>The file with its tables and its own metadata.</summary>
    private SafetensorsWriter Complete()
    {
        var complete = new SafetensorsWriter(file);
        var names = tables.Write(complete, layers.Values);
        var specs = layers.Select(layer => (layer.Key, layer.Value.Table is { } table ? layer.Value.Spec.WithTable(names[table]) : layer.Value.Spec)).ToList();
        complete.SetMetadata(PackedKeys.FormatKey, PackedKeys.Version);
        complete.SetMetadata(PackedKeys.ToolKey, ToolVersion);
        complete.SetMetadata(PackedKeys.LayersKey, PackedLayersJson.Format(specs));
        complete.SetMetadata(PackedKeys.CanaryKey, PackedCanary.Format(layers.Values.Select(layer => layer.Canary)));
        if (SourceHash is not null)
        {
            complete.SetMetadata(PackedKeys.SourceKey, SourceHash);
        }

        return complete;
    }
}
