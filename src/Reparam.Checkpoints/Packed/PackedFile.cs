using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Reparam.Checkpoints.Packed;

/// <summary>
/// A packed file: coded layers and copied tensors. Opening checks the version, every layer's format and parts, and lists all that is
/// wrong in one exception; the values of a layer are checked when it is read.
/// </summary>
public sealed class PackedFile : IDisposable
{
    private readonly ImmutableSortedDictionary<string, PackedLayerSpec> layers;
    private readonly ImmutableArray<TensorInfo> tables;
    private readonly bool ownsCheckpoint;

    private PackedFile(ICheckpoint checkpoint, bool ownsCheckpoint, PackedMetadata metadata)
    {
        Checkpoint = checkpoint;
        this.ownsCheckpoint = ownsCheckpoint;
        layers = metadata.Layers;
        Canaries = metadata.Canaries;
        tables = [.. layers.Values.Select(spec => spec.TableInfo).OfType<TensorInfo>().DistinctBy(table => table.Name)];
        var parts = layers.SelectMany(layer => layer.Value.Parts(layer.Key)).Concat(tables).Select(part => part.Name).ToHashSet(StringComparer.Ordinal);
        CopiedNames = [.. checkpoint.Names.Where(name => !parts.Contains(name))];
    }

    /// <summary>The stored tensors: parts of coded layers and copied ones.</summary>
    public ICheckpoint Checkpoint { get; }

    /// <summary>Path of the file.</summary>
    public string Path => Checkpoint.Path;

    /// <summary>The coded weights by name, in ordinal order.</summary>
    public IReadOnlyDictionary<string, PackedLayerSpec> Layers => layers;

    /// <summary>Bytes of the tables that the coded weights share.</summary>
    public long TableBytes => tables.Sum(table => table.ByteLength);

    /// <summary>Names of the tensors that are stored as they were, in the order of the data.</summary>
    public IReadOnlyList<string> CopiedNames { get; }

    /// <summary>Check values, at least one for each kind of stored form.</summary>
    public IReadOnlyList<PackedCanary> Canaries { get; }

    /// <summary>Whether a checkpoint says that it is a packed file, of whatever version.</summary>
    /// <remarks>One that has lost its version, but not its layers or check values, says so too: opening it tells what is missing.</remarks>
    public static bool IsPacked(ICheckpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return checkpoint.Metadata.ContainsKey(PackedKeys.FormatKey) || checkpoint.Metadata.ContainsKey(PackedKeys.LayersKey)
            || checkpoint.Metadata.ContainsKey(PackedKeys.CanaryKey);
    }

    /// <summary>Opens and checks a packed file.</summary>
    /// <exception cref="CheckpointException">
    /// The file cannot be read or breaks a rule of safetensors; it is no packed file or of another version; a layer's format is not registered, or parts are
    /// missing, unexpected or of another type or shape.
    /// </exception>
    public static PackedFile Open(string path)
    {
        var checkpoint = Checkpoints.Checkpoint.Open(path);
        try
        {
            return Of(checkpoint, ownsCheckpoint: true);
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>Checks a checkpoint that is open already and reads it as a packed file.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="ownsCheckpoint">Whether disposing this object disposes the checkpoint.</param>
    /// <exception cref="CheckpointException">As for <see cref="Open"/>.</exception>
    public static PackedFile Of(ICheckpoint checkpoint, bool ownsCheckpoint = false) => new(checkpoint, ownsCheckpoint, PackedMetadata.Read(checkpoint));

    /// <summary>Reads a coded weight; the matrix stays valid when the file is closed.</summary>
    /// <exception cref="CheckpointException">No such coded weight, or its values are not in canonical form.</exception>
    public CodedMatrix ReadMatrix(string name)
    {
        var spec = Find(name);
        var matrix = spec.Format.Read(Checkpoint, name, spec);
        return Checked(name, spec, matrix, spec.Format.Problem(matrix));
    }

    /// <summary>
    /// Reads a coded weight for a program that may not need its codes: a format may read them when they are first touched, without the check of their form.
    /// </summary>
    /// <returns>The matrix; not to be used once the file is closed.</returns>
    /// <exception cref="CheckpointException">
    /// No such coded weight, or its values are not in canonical form. Touching the codes may give the same exception.
    /// </exception>
    public CodedMatrix ReadMatrixLazily(string name)
    {
        var spec = Find(name);
        var matrix = spec.Format.ReadLazily(Checkpoint, name, spec);
        return Checked(name, spec, matrix, spec.Format.ProblemOfLazy(matrix));
    }

    /// <summary>Stored bits a weight of a coded weight: its parts, and the bytes of its table spread over all weights that are coded with it.</summary>
    /// <exception cref="CheckpointException">No such coded weight.</exception>
    public double BitsPerWeight(string name)
    {
        var spec = Find(name);
        var bits = 8.0 * spec.StoredBytes / spec.ElementCount;
        return spec.TableInfo is { } table
            ? bits + (8.0 * table.ByteLength / layers.Values.Where(other => other.TableInfo?.Name == table.Name).Sum(other => (double)other.ElementCount))
            : bits;
    }

    /// <summary>Whether two coded weights are stored in the same form with the same bytes, so that they decode to the same weights.</summary>
    /// <exception cref="CheckpointException">No such coded weight.</exception>
    public bool SameCoding(string first, string second)
    {
        var (a, b) = (Find(first), Find(second));
        return a.Form.WithTable("") == b.Form.WithTable("") && a.Shape.SequenceEqual(b.Shape)
            && a.Parts(first).Zip(b.Parts(second)).All(pair => Checkpoint.SameContent(pair.First.Name, pair.Second.Name))
            && (a.TableInfo is null || Checkpoint.SameContent(a.TableInfo.Name, b.TableInfo!.Name));
    }

    /// <summary>Reads a weight as dense floats: a coded one decoded, a copied one converted.</summary>
    /// <returns>[elements], last dimension fastest.</returns>
    /// <exception cref="CheckpointException">No such weight, or it cannot be read as floats.</exception>
    public float[] ReadSingles(string name)
    {
        if (!layers.TryGetValue(name, out var spec))
        {
            return Checkpoint.ReadSingles(name);
        }

        if (spec.ElementCount > Array.MaxLength)
        {
            throw new CheckpointException(
                Path, name, CheckpointRule.Length, $"found {spec.ElementCount} weights, expected at most {Array.MaxLength} for one array: decode to a stream");
        }

        var matrix = ReadMatrix(name);
        var values = new float[spec.ElementCount];
        for (var row = 0; row < matrix.Rows; row++)
        {
            matrix.DecodeRow(row, values.AsSpan(row * matrix.Columns, matrix.Columns));
        }

        return values;
    }

    /// <summary>Writes a coded weight to a stream as little-endian floats, row by row.</summary>
    /// <exception cref="CheckpointException">No such coded weight, or its values are not in canonical form.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Decode(string name, Stream destination, CancellationToken cancellationToken = default)
    {
        var matrix = ReadMatrix(name);
        var values = new float[matrix.Columns];
        for (var row = 0; row < matrix.Rows; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            matrix.DecodeRow(row, values);
            destination.Write(MemoryMarshal.AsBytes<float>(values));
        }
    }

    /// <summary>
    /// Decodes the weights that have a canary by the definition of their layouts and compares: what the file holds must be what was written. No kernel takes
    /// part.
    /// </summary>
    /// <exception cref="CheckpointException">A weight does not give its check values, or its values are not in canonical form.</exception>
    public void VerifyCanaries()
    {
        foreach (var canary in Canaries)
        {
            VerifyCanary(canary, ReadMatrix(canary.Tensor));
        }
    }

    /// <summary>Decodes a weight by the definition of its layout and compares it with its canary. No kernel takes part.</summary>
    /// <exception cref="CheckpointException">The weight does not give its check values.</exception>
    public void VerifyCanary(PackedCanary canary, CodedMatrix matrix)
    {
        if (canary.Compare(matrix) is { } difference)
        {
            throw new CheckpointException(
                Path, canary.Tensor, CheckpointRule.Canary,
                $"{difference}: the weights are not those that were written; the file was changed, or its writer was wrong");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (ownsCheckpoint)
        {
            Checkpoint.Dispose();
        }
    }

    private CodedMatrix Checked(string name, PackedLayerSpec spec, CodedMatrix matrix, string? problem) =>
        problem is not null ? throw new CheckpointException(Path, name, CheckpointRule.Packed, problem)
        : matrix.Rows == spec.Rows && matrix.Columns == spec.Columns ? matrix
        : throw new InvalidOperationException(
            $"the format '{spec.Format}' read '{name}' as {matrix.Rows} × {matrix.Columns}, expected {spec.Rows} × {spec.Columns}");

    private PackedLayerSpec Find(string name) =>
        layers.TryGetValue(name, out var spec)
            ? spec
            : throw new CheckpointException(Path, name, CheckpointRule.TensorExists, $"found no such coded weight among the {layers.Count} of the file");
}
