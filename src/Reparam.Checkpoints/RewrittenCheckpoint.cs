namespace Reparam.Checkpoints;

/// <summary>
/// A checkpoint in which some tensors of another are computed anew, added or left out, as a plan's steps do. Nothing is written: a tensor is computed when
/// it is read. Its path, and the hash of its bytes, are those of the other checkpoint.
/// </summary>
public sealed class RewrittenCheckpoint : ICheckpoint
{
    private readonly Dictionary<string, (TensorInfo Info, Func<byte[]> Compute)> computed = new(StringComparer.Ordinal);
    private readonly Lock reading = new();
    private (string Name, byte[] Bytes)? last;

    /// <summary>Takes the parts.</summary>
    /// <param name="source">The other checkpoint. It is not disposed with this one.</param>
    /// <param name="computed">Tensors that are computed, each with what gives its stored bytes: those of new names stand last.</param>
    /// <param name="removed">Names of tensors that are left out.</param>
    /// <param name="metadata">Entries beside those of the other checkpoint, or in their place.</param>
    /// <exception cref="ArgumentException">A tensor is computed and left out.</exception>
    public RewrittenCheckpoint(
        ICheckpoint source, IEnumerable<(TensorInfo Info, Func<byte[]> Compute)> computed, IReadOnlySet<string> removed,
        IReadOnlyDictionary<string, string> metadata)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(computed);
        ArgumentNullException.ThrowIfNull(removed);
        ArgumentNullException.ThrowIfNull(metadata);
        Source = source;
        foreach (var tensor in computed)
        {
            this.computed.Add(tensor.Info.Name, tensor);
        }

        if (this.computed.Keys.FirstOrDefault(removed.Contains) is { } both)
        {
            throw new ArgumentException($"'{both}' is computed and left out.", nameof(removed));
        }

        Names = [.. source.Names.Where(name => !removed.Contains(name)), .. this.computed.Keys.Where(name => !source.Contains(name))];
        var entries = new Dictionary<string, string>(source.Metadata, StringComparer.Ordinal);
        foreach (var (key, value) in metadata)
        {
            entries[key] = value;
        }

        Metadata = entries;
        Removed = removed;
    }

    /// <summary>The other checkpoint.</summary>
    public ICheckpoint Source { get; }

    /// <inheritdoc/>
    public string Path => Source.Path;

    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Names of tensors that are computed.</summary>
    public IReadOnlyCollection<string> Computed => computed.Keys;

    /// <summary>Names that are left out; the other checkpoint need not have had all of them.</summary>
    public IReadOnlySet<string> Removed { get; }

    /// <inheritdoc/>
    public bool Contains(string name) => computed.ContainsKey(name) || (!Removed.Contains(name) && Source.Contains(name));

    /// <inheritdoc/>
    public TensorInfo Info(string name) => computed.TryGetValue(name, out var tensor) ? tensor.Info : Source.Info(Present(name));

    /// <inheritdoc/>
    public void Read(string name, long offset, Span<byte> destination)
    {
        if (!computed.TryGetValue(name, out var tensor))
        {
            Source.Read(Present(name), offset, destination);
            return;
        }

        byte[] bytes;
        lock (reading)
        {
            // A tensor is read in parts, one after the other.
            bytes = last is { } kept && kept.Name == name ? kept.Bytes : tensor.Compute();
            last = (name, bytes);
        }

        if (offset < 0 || offset > bytes.Length - destination.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"'{name}' has {bytes.Length} bytes; {destination.Length} cannot be read there.");
        }

        bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);
    }

    /// <inheritdoc/>
    public UInt128? Checksum(string name) => computed.ContainsKey(name) ? null : Source.Checksum(Present(name));

    /// <summary>Does nothing: the other checkpoint belongs to whoever opened it.</summary>
    public void Dispose()
    {
    }

    private string Present(string name) => Removed.Contains(name)
        ? throw new CheckpointException(Path, name, CheckpointRule.TensorExists, "found no such tensor: it has been folded into others")
        : name;
}
