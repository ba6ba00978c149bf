using System.Collections.Immutable;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using Reparam.Compression.Diagnostics;

namespace Reparam.Compression.Calibration;

/// <summary>
/// A calibration file, or any safetensors file with raw inputs <c>&lt;weight&gt;.inputs</c> [..., columns], whose second moments are computed when a layer is asked
/// for. A layer may be named by its weight or by its path, without <c>.weight</c>.
/// </summary>
public sealed class CalibrationFile : ICalibration
{
    private const int MaxColumns = 46340;

    private readonly SafetensorsFile file;
    private readonly SortedDictionary<string, CalibrationLayer> layers;
    private readonly int threads;
    private readonly CancellationToken cancellation;

    // Layers with the same input ask for the same matrix.
    private readonly Dictionary<string, WeakReference<Gram>> grams = new(StringComparer.Ordinal);

    private CalibrationFile(SafetensorsFile file, int threads, CancellationToken cancellation)
    {
        this.file = file;
        this.threads = threads;
        this.cancellation = cancellation;
        layers = CalibrationMetadata.Read(file);
        HoldsInputs = !CalibrationMetadata.IsIn(file);
    }

    /// <inheritdoc/>
    public string Path => file.Path;

    /// <summary>True for raw inputs, false for second moments.</summary>
    public bool HoldsInputs { get; }

    /// <summary>The layers as the file names them, in ordinal order.</summary>
    public IReadOnlyDictionary<string, CalibrationLayer> Layers => layers;

    /// <summary><see cref="WeightHash"/> of the weights that the inputs were recorded with; null if the file does not tell.</summary>
    public string? SourceHash => HoldsInputs ? null : file.Metadata.GetValueOrDefault(CalibrationFormat.SourceKey);

    /// <summary>The JSON under <see cref="CalibrationFormat.SensitivityKey"/>; null if there is none.</summary>
    public string? Sensitivity => file.Metadata.GetValueOrDefault(CalibrationFormat.SensitivityKey);

    /// <summary>The JSON under <see cref="CalibrationFormat.SettingsKey"/>; null if there is none.</summary>
    public string? Settings => file.Metadata.GetValueOrDefault(CalibrationFormat.SettingsKey);

    /// <summary>Opens a file and checks names, types and shapes; the values of a layer are read and checked when it is asked for.</summary>
    /// <param name="path">A safetensors file.</param>
    /// <param name="threads">Cores to use for raw inputs; 0, the default, for all. The result does not depend on it.</param>
    /// <param name="cancellation">Ends later computations too.</param>
    /// <exception cref="CheckpointException">The file cannot be read, is of another version, or its layers and tensors do not agree.</exception>
    public static CalibrationFile Open(string path, int threads = 0, CancellationToken cancellation = default)
    {
        var file = SafetensorsFile.Open(path);
        try
        {
            return new CalibrationFile(file, threads, cancellation);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether the file has a layer with this weight.</summary>
    public bool Contains(string tensor) => NameOf(tensor) is not null;

    /// <inheritdoc/>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public LayerCalibration? Find(string tensor, int rows, int columns)
    {
        if (NameOf(tensor) is not { } name)
        {
            return null;
        }

        var layer = layers[name];
        RequireWidth(layer.Gram, tensor, rows, columns);
        var target = layer.Target is null ? (ReadOnlyMemory<float>?)null : ReadTarget(layer.Target, tensor, rows, columns);
        return new LayerCalibration(ReadGram(name), target);
    }

    /// <summary>Second moments of the inputs of a layer, by its name in <see cref="Layers"/>.</summary>
    /// <exception cref="CheckpointException">No such layer, or values that are no second moments.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Gram ReadGram(string name)
    {
        if (!layers.TryGetValue(name, out var layer))
        {
            throw new CheckpointException(Path, name, CheckpointRule.Calibration, $"found no such layer among the {layers.Count} of the file");
        }

        lock (grams)
        {
            if (grams.TryGetValue(layer.Gram, out var reference) && reference.TryGetTarget(out var known) && known.Tokens == layer.Tokens)
            {
                return known;
            }

            var gram = Compute(layer);
            grams[layer.Gram] = new WeakReference<Gram>(gram);
            return gram;
        }
    }

    /// <summary>Number of inputs of a layer, by its name in <see cref="Layers"/>.</summary>
    public int ColumnsOf(string name) => checked((int)file.Info(layers[name].Gram).Shape[^1]);

    /// <summary>The target of a layer that has one, by its name in <see cref="Layers"/>.</summary>
    internal ReadOnlyMemory<float> ReadTarget(string name) =>
        ReadTarget(layers[name].Target!, name, checked((int)file.Info(layers[name].Target!).Shape[0]), ColumnsOf(name));

    /// <summary>What speaks against using the file for a checkpoint; none of it is an error, because fine-tuned weights still see much the same inputs.</summary>
    /// <returns>RPB0117: recorded with other weights. RPB0118: no layer of the checkpoint is in the file.</returns>
    /// <exception cref="CheckpointException">The checkpoint cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public ImmutableArray<CompressionProblem> Check(ICheckpoint checkpoint, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        if (!checkpoint.Names.Any(Contains))
        {
            var some = string.Join(", ", layers.Keys.Take(3).Select(name => $"'{name}'"));
            return [CompressionDiagnostics.CalibrationUnmatched.With(Path, layers.Count, some)];
        }

        return SourceHash is { } source && source != WeightHash.Compute(checkpoint, cancellation)
            ? [CompressionDiagnostics.CalibrationSource.With(Path)]
            : [];
    }

    /// <summary>Closes the file; what was read stays valid.</summary>
    public void Dispose() => file.Dispose();

    private string? NameOf(string tensor)
    {
        if (layers.ContainsKey(tensor))
        {
            return tensor;
        }

        var stem = tensor.EndsWith(CalibrationFormat.WeightSuffix, StringComparison.Ordinal) ? tensor[..^CalibrationFormat.WeightSuffix.Length] : tensor;
        return layers.ContainsKey(stem) ? stem : null;
    }

    private Gram Compute(CalibrationLayer layer)
    {
        cancellation.ThrowIfCancellationRequested();
        var width = file.Info(layer.Gram).Shape[^1];
        if (width > MaxColumns)
        {
            throw new CheckpointException(Path, layer.Gram, CheckpointRule.Calibration, $"found {width} columns, expected at most {MaxColumns}");
        }

        return HoldsInputs
            ? InputGram.Compute(file, layer.Gram, (int)width, threads, cancellation)
            : new Gram((int)width, StoredGram.Read(file, layer.Gram), layer.Tokens);
    }

    private void RequireWidth(string gram, string tensor, int rows, int columns)
    {
        var info = file.Info(gram);
        if (info.Shape[^1] != columns)
        {
            var expected = HoldsInputs ? $"[tokens, {columns}]" : $"[{columns}, {columns}]";
            throw new CheckpointException(
                Path, gram, CheckpointRule.Calibration, $"found {info.Describe()}, expected {expected} for the weight '{tensor}' [{rows}, {columns}]");
        }
    }

    private float[] ReadTarget(string target, string tensor, int rows, int columns)
    {
        var info = file.Info(target);
        if (info.Shape[0] != rows)
        {
            throw new CheckpointException(
                Path, target, CheckpointRule.Calibration, $"found {info.Describe()}, expected [{rows}, {columns}], the shape of the weight '{tensor}'");
        }

        var values = file.ReadSingles(target);
        StoredGram.RequireFinite(file, target, values, columns);
        return values;
    }
}
