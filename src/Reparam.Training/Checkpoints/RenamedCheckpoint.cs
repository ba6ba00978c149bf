using Reparam.Checkpoints;

namespace Reparam.Training;

/// <summary>A checkpoint of which some tensors have other names.</summary>
/// <param name="inner">The file.</param>
/// <param name="renamed">New name of each renamed tensor.</param>
internal sealed class RenamedCheckpoint(ICheckpoint inner, IReadOnlyDictionary<string, string> renamed) : ICheckpoint
{
    private readonly Dictionary<string, string> stored = renamed.ToDictionary(r => r.Value, r => r.Key, StringComparer.Ordinal);

    /// <inheritdoc/>
    public string Path => inner.Path;

    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; } = [.. inner.Names.Select(name => renamed.GetValueOrDefault(name, name))];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Metadata => inner.Metadata;

    /// <inheritdoc/>
    public bool Contains(string name) => !renamed.ContainsKey(name) && inner.Contains(Stored(name));

    /// <inheritdoc/>
    public TensorInfo Info(string name) =>
        stored.TryGetValue(name, out var other) ? new TensorInfo(name, inner.Info(other).DType, inner.Info(other).Shape) : inner.Info(name);

    /// <inheritdoc/>
    public void Read(string name, long offset, Span<byte> destination) => inner.Read(Stored(name), offset, destination);

    /// <inheritdoc/>
    public UInt128? Checksum(string name) => inner.Checksum(Stored(name));

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();

    private string Stored(string name) => stored.GetValueOrDefault(name, name);
}
