using System.Text.Json;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Packed;

/// <summary>
/// Collects coded layers and the tensors that are carried as they were, and writes the packed file. The bytes depend on the content
/// alone, not on the order of the calls.
/// </summary>
public sealed class PackedFileWriter
{
    private readonly SafetensorsWriter file = new();
    private readonly SortedDictionary<string, PackedLayerSpec> layers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, BinaryCodedMatrix> matrices = new(StringComparer.Ordinal);

    /// <summary>SHA-256 of the source checkpoint, see <see cref="Checkpoint.ComputeHash"/>; null when there is none.</summary>
    public string? SourceHash { get; set; }

    /// <summary>Version of the tool that writes; that of this library if not set.</summary>
    public string ToolVersion { get; set; } = typeof(PackedFileWriter).Assembly.GetName().Version!.ToString(3);

    /// <summary>Adds a coded weight.</summary>
    /// <param name="name">Name of the weight, such as <c>layers.0.attention.wq.weight</c>.</param>
    /// <param name="method">Name of the method, such as <see cref="PackedFormat.ShiftAdd"/>.</param>
    /// <param name="shape">Shape of the weight: [rows, …].</param>
    /// <param name="sourceType">Element type of the weight in the source checkpoint.</param>
    /// <param name="matrix">The coded matrix in the canonical form of docs/formats/packed.md.</param>
    /// <exception cref="ArgumentException">The name is taken, shape and matrix do not fit, or the matrix is not in canonical form.</exception>
    public void AddLayer(string name, string method, ReadOnlySpan<long> shape, DType sourceType, BinaryCodedMatrix matrix)
    {
        if (CanonicalForm.Problem(matrix) is { } problem)
        {
            throw new ArgumentException($"tensor '{name}': {problem}", nameof(matrix));
        }

        var spec = PackedLayerSpec.Of(method, shape, sourceType, matrix);
        foreach (var (suffix, _, partShape) in spec.Parts)
        {
            switch (suffix)
            {
                case PackedFormat.CodesSuffix:
                    file.Add(name + suffix, partShape.AsSpan(), matrix.Codes);
                    break;
                case PackedFormat.ScalesSuffix:
                    file.Add(name + suffix, partShape.AsSpan(), matrix.Scales);
                    break;
                default:
                    file.Add(name + suffix, partShape.AsSpan(), matrix.Terms);
                    break;
            }
        }

        layers.Add(name, spec);
        matrices.Add(name, matrix);
    }

    /// <summary>Carries a tensor as it is stored in the source, which must stay open until the write.</summary>
    /// <exception cref="CheckpointException">The source has no such tensor.</exception>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public void Carry(ICheckpoint source, string name) => file.Add(source, name);

    /// <summary>Carries every tensor of the source that no layer codes, and its metadata. Call it once, after the layers.</summary>
    /// <exception cref="CheckpointException">The source is a packed file itself.</exception>
    /// <exception cref="ArgumentException">A name is taken.</exception>
    public void CarryRest(ICheckpoint source)
    {
        if (PackedFile.IsPacked(source))
        {
            throw new CheckpointException(
                source.Path, null, CheckpointRule.Packed,
                "found a packed file, expected a dense checkpoint: its layers are coded already");
        }

        foreach (var name in source.Names.Where(name => !layers.ContainsKey(name)))
        {
            file.Add(source, name);
        }

        foreach (var (key, value) in source.Metadata.Where(entry => !PackedFormat.ReservedKeys.Contains(entry.Key)))
        {
            file.SetMetadata(key, value);
        }
    }

    /// <summary>Sets a metadata entry, such as <c>reparam.config</c>.</summary>
    /// <exception cref="ArgumentException">The writer sets the entry itself.</exception>
    public void SetMetadata(string key, string value)
    {
        if (PackedFormat.ReservedKeys.Contains(key))
        {
            throw new ArgumentException($"metadata entry '{key}' is set by the writer", nameof(key));
        }

        file.SetMetadata(key, value);
    }

    /// <summary>Writes the file: under a temporary name beside its place, then renamed. Nothing is left behind on failure.</summary>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Write(string path, CancellationToken cancellationToken = default)
    {
        SetOwnMetadata();
        file.Write(path, cancellationToken);
    }

    /// <summary>Writes the file's bytes to a stream.</summary>
    public void Write(Stream destination, CancellationToken cancellationToken = default)
    {
        SetOwnMetadata();
        file.Write(destination, cancellationToken);
    }

    private void SetOwnMetadata()
    {
        // One layer of each kind of stored form is enough to catch a kernel that reads it wrongly.
        var canaries = layers
            .GroupBy(layer => (layer.Value.Method, layer.Value.Bits, layer.Value.GroupSize, layer.Value.ScaleTerms))
            .Select(kind => kind.First().Key)
            .Select(name => PackedCanary.Of(name, matrices[name]))
            .ToArray();

        file.SetMetadata(PackedFormat.FormatKey, PackedFormat.Version);
        file.SetMetadata(PackedFormat.ToolKey, ToolVersion);
        file.SetMetadata(PackedFormat.LayersKey, JsonSerializer.Serialize(layers, PackedJson.Default.SortedDictionaryStringPackedLayerSpec));
        file.SetMetadata(PackedFormat.CanaryKey, JsonSerializer.Serialize(canaries, PackedJson.Default.PackedCanaryArray));
        if (SourceHash is not null)
        {
            file.SetMetadata(PackedFormat.SourceKey, SourceHash);
        }
    }
}
