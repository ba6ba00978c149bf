using System.Collections.Immutable;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Plans;

namespace Reparam.Compression.Calibration;

/// <summary>
/// A calibration file, or any safetensors file with raw inputs <c>&lt;weight&gt;.inputs</c> [..., columns], whose second moments are computed when a layer is
/// asked for. A layer may be named by its weight or by its path, without <c>.weight</c>.
/// </summary>
public sealed class CalibrationFile : ICalibration
{
    private const int MaxColumns = 46340;
    private const int NamesOfMessage = 5;

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
        RequireFit(tensor, rows, columns);
        var target = layer.Target is null ? (ReadOnlyMemory<float>?)null : ReadTarget(layer.Target, columns);
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
    internal ReadOnlyMemory<float> ReadTarget(string name) => ReadTarget(layers[name].Target!, ColumnsOf(name));

    /// <summary>
    /// What speaks against using the file for a checkpoint; none of it is an error, because fine-tuned weights still see much the same inputs.
    /// </summary>
    /// <returns>RPB0117: recorded with other weights. RPB0118: no layer of the checkpoint is in the file. RPB0111: some weights to code are not.</returns>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="layers">The weights to code; none leaves RPB0111 out.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="CheckpointException">
    /// The checkpoint cannot be read, or layers of the file have another number of inputs or outputs than the weights to code.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public ImmutableArray<CompressionProblem> Check(
        ICheckpoint checkpoint, ImmutableArray<LayerPlan> layers = default, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        if (!checkpoint.Names.Any(Contains))
        {
            return [CompressionDiagnostics.CalibrationUnmatched.With(Path, this.layers.Count, Quoted(this.layers.Keys))];
        }

        var warnings = ImmutableArray.CreateBuilder<CompressionProblem>();
        if (!layers.IsDefaultOrEmpty)
        {
            RequireShapes(checkpoint, layers);
            AddLacking(checkpoint, layers, warnings);
        }

        if (SourceHash is { } source && source != WeightHash.Compute(checkpoint, cancellation))
        {
            warnings.Add(CompressionDiagnostics.CalibrationSource.With(Path));
        }

        return warnings.ToImmutable();
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

    // All that do not fit, before any work.
    private void RequireShapes(ICheckpoint checkpoint, ImmutableArray<LayerPlan> plans)
    {
        CheckpointException? first = null;
        var others = new List<string>();
        foreach (var tensor in plans.Select(plan => plan.Tensor).Where(tensor => checkpoint.Contains(tensor) && Contains(tensor)))
        {
            var info = checkpoint.Info(tensor);
            try
            {
                RequireFit(tensor, info.Shape[0], info.ElementCount / Math.Max(1, info.Shape[0]));
            }
            catch (CheckpointException exception)
            {
                if (first is not null)
                {
                    others.Add(tensor);
                }

                first ??= exception;
            }
        }

        if (first is not null)
        {
            var more = others.Count == 0 ? "" : $"; {others.Count} other layers do not fit: {Quoted(others)}";
            throw new CheckpointException(Path, first.Tensor, CheckpointRule.Calibration, first.Detail + more, first);
        }
    }

    // A layer that is looked up has no inputs to record.
    private void AddLacking(ICheckpoint checkpoint, ImmutableArray<LayerPlan> plans, ImmutableArray<CompressionProblem>.Builder warnings)
    {
        string[] lacking = [.. plans.Where(plan => !plan.IsLookedUp && !Contains(plan.Tensor)).Select(plan => plan.Tensor)];
        if (lacking.Length == 0)
        {
            return;
        }

        var known = checkpoint.Names.Select(NameOf).OfType<string>().ToHashSet(StringComparer.Ordinal);
        string[] unknown = [.. layers.Keys.Where(name => !known.Contains(name))];
        var own = unknown.Length == 0 ? "" : $". {unknown.Length} layers of the file are no tensor of the checkpoint: {Quoted(unknown)}";
        warnings.Add(CompressionDiagnostics.CalibrationIncomplete.With(Path, lacking.Length, plans.Length, Quoted(lacking), own));
    }

    private static string Quoted(IReadOnlyCollection<string> names) =>
        string.Join(
            ", ", names.Take(NamesOfMessage).Select(name => $"'{name}'")) + (names.Count > NamesOfMessage ? $" and {names.Count - NamesOfMessage} more" : "");

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

    private void RequireFit(string tensor, long rows, long columns)
    {
        var layer = layers[NameOf(tensor)!];
        var info = file.Info(layer.Gram);
        if (info.Shape[^1] != columns)
        {
            var expected = HoldsInputs ? $"[tokens, {columns}]" : $"[{columns}, {columns}]";
            throw new CheckpointException(
                Path, layer.Gram, CheckpointRule.Calibration, $"found {info.Describe()}, expected {expected} for the weight '{tensor}' [{rows}, {columns}]");
        }

        if (layer.Target is { } target && file.Info(target) is var found && found.Shape[0] != rows)
        {
            throw new CheckpointException(
                Path, target, CheckpointRule.Calibration, $"found {found.Describe()}, expected [{rows}, {columns}], the shape of the weight '{tensor}'");
        }
    }

    private float[] ReadTarget(string target, int columns)
    {
        var values = file.ReadSingles(target);
        StoredGram.RequireFinite(file, target, values, columns);
        return values;
    }
}
