using System.Collections.Immutable;
using Reparam.Checkpoints;
using Reparam.Compression.Calibration;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>
/// Records H = mean x·xᵀ of the inputs that layers see while the model runs, behind their input maps, for calibrated compression. Put the model into evaluation
/// mode, attach, run the calibration text, save. Products and sums are formed in double precision; layers that are called with the same tensor are summed once.
/// </summary>
/// <remarks>
/// A convolution sees one vector [in/groups · kernel] for each place of its kernel, of which a long recording looks at a random sample
/// (<see cref="PlaceSampling"/>); of a convolution in groups H is the mean over the groups. Embeddings are looked up and have no inputs: they are skipped.
/// Not for several threads at a time.
/// </remarks>
public sealed class CalibrationRecorder : ICalibration
{
    private const long Band = 128;

    private readonly List<Recorded> layers;
    private readonly List<Action> removals = [];
    private readonly long maxTokens;
    private readonly IProgress<CalibrationProgress>? progress;
    private readonly PlaceSampling sampling;
    private readonly CancellationToken cancellation;
    private readonly string model;
    private string? mergedSource;
    private long mostTokens;
    private bool hasWarned;

    private CalibrationRecorder(
        Module model, List<Recorded> layers, long maxTokens, IProgress<CalibrationProgress>? progress, PlaceSampling? sampling, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 1);
        this.model = model.GetName();
        this.layers = layers;
        this.maxTokens = maxTokens;
        this.progress = progress;
        this.sampling = sampling ?? new PlaceSampling();
        this.sampling.Validate();
        this.cancellation = cancellation;
        while (layers.Find(layer => layer.Sum is null) is { } first)
        {
            var alike = layers.FindAll(layer => layer.Sum is null && layer.Inputs.SeesAs(first.Inputs));
            var start = new InputSum(first.Inputs.Columns, alike.Count);
            alike.ForEach(layer => layer.Sum = start);
        }

        foreach (var layer in layers)
        {
            var hook = layer.Module.register_forward_pre_hook((_, x) =>
            {
                See(layer, x);
                return x;
            });
            removals.Add(hook.remove);
        }
    }

    /// <summary>The model's class.</summary>
    string ICalibration.Path => model;

    /// <summary>Weights of the recorded layers, in the order of the model.</summary>
    public ImmutableArray<string> Weights => [.. layers.SelectMany(layer => layer.Weights)];

    /// <summary>Weights of the layers that have seen no input yet; a file will not have them.</summary>
    public ImmutableArray<string> NotReached => [.. layers.Where(layer => layer.Sum!.Tokens == 0).SelectMany(layer => layer.Weights)];

    /// <summary>Input vectors that the layer that has seen the most has seen.</summary>
    public long Tokens => mostTokens;

    /// <summary>True once every layer has seen as many input vectors as were asked for.</summary>
    public bool IsComplete => layers.TrueForAll(layer => layer.Sum!.Tokens >= maxTokens);

    /// <summary>Records the layers that have a post-training method by the annotations of the model's classes.</summary>
    /// <param name="model">A model of marked classes.</param>
    /// <param name="maxTokens">Input vectors after which a layer is recorded no more; at least 1.</param>
    /// <param name="progress">Told whenever a layer has seen more than any before.</param>
    /// <param name="sampling">At how many places convolutions are looked at; null for the default.</param>
    /// <param name="cancellation">Ends a forward at the next layer that is recorded, by <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="InvalidOperationException">No layer has a post-training method.</exception>
    public static CalibrationRecorder Attach(
        Module model, long maxTokens = long.MaxValue, IProgress<CalibrationProgress>? progress = null, PlaceSampling? sampling = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var layers = Known(AnnotatedLayers.Of(model).Select(found => (found.Path, found.Layer)));
        return layers.Count > 0
            ? new CalibrationRecorder(model, layers, maxTokens, progress, sampling, cancellation)
            : throw new InvalidOperationException(
                $"{model.GetName()} has no linear layer or convolution with a post-training method such as [ShiftAdd]. Annotate its classes, or "
                    + "name the layers.");
    }

    /// <summary>Records the layers that the caller names.</summary>
    /// <param name="model">Any model.</param>
    /// <param name="layers">Paths in the state dict: <c>*</c> stands for one name or index, <c>**</c> for any number: <c>blocks.*.attention.**</c>.</param>
    /// <param name="maxTokens">Input vectors after which a layer is recorded no more; at least 1.</param>
    /// <param name="progress">Told whenever a layer has seen more than any before.</param>
    /// <param name="sampling">At how many places convolutions are looked at; null for the default.</param>
    /// <param name="cancellation">Ends a forward at the next layer that is recorded, by <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">No linear layer or convolution is called so.</exception>
    public static CalibrationRecorder Attach(
        Module model, string layers, long maxTokens = long.MaxValue, IProgress<CalibrationProgress>? progress = null, PlaceSampling? sampling = null,
        CancellationToken cancellation = default)
    {
        var matches = LayerPattern.Parse(layers);
        return Attach(model, path => matches(path), $"'{layers}'", maxTokens, progress, sampling, cancellation);
    }

    /// <summary>Records the layers that the caller chooses.</summary>
    /// <param name="model">Any model.</param>
    /// <param name="layers">Told the path of every linear layer and convolution.</param>
    /// <param name="maxTokens">Input vectors after which a layer is recorded no more; at least 1.</param>
    /// <param name="progress">Told whenever a layer has seen more than any before.</param>
    /// <param name="sampling">At how many places convolutions are looked at; null for the default.</param>
    /// <param name="cancellation">Ends a forward at the next layer that is recorded, by <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">No layer was chosen.</exception>
    public static CalibrationRecorder Attach(
        Module model, Func<string, bool> layers, long maxTokens = long.MaxValue, IProgress<CalibrationProgress>? progress = null,
        PlaceSampling? sampling = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(layers);
        return Attach(model, layers, "what was chosen", maxTokens, progress, sampling, cancellation);
    }

    /// <summary>What has been recorded of a layer; null if it is not recorded or has seen nothing.</summary>
    /// <exception cref="CheckpointException">The width is not the layer's.</exception>
    /// <exception cref="OverflowException">H does not fit F32.</exception>
    public LayerCalibration? Find(string tensor, int rows, int columns)
    {
        if (layers.Find(layer => layer.Weights.Contains(tensor)) is not { } layer || GramOf(layer) is not { } gram)
        {
            return null;
        }

        return gram.Columns == columns
            ? new LayerCalibration(gram)
            : throw new CheckpointException(model, tensor, CheckpointRule.Calibration, $"found {gram.Columns} inputs, expected {columns}");
    }

    /// <summary>Adds an earlier recording of the same layers, so that a recording can be gone on with.</summary>
    /// <param name="path">A calibration file.</param>
    /// <param name="cancellation">Ends the reading; what was added by then stays.</param>
    /// <exception cref="CheckpointException">
    /// The file cannot be read, has a target, a layer that is not recorded or one of another width, or was recorded with other weights than one merged before.
    /// </exception>
    public void Merge(string path, CancellationToken cancellation = default)
    {
        using var file = CalibrationFile.Open(path, cancellation: cancellation);
        var found = file.Layers.Select(entry => (Name: entry.Key, entry.Value, Layer: layers.Find(layer => layer.Weights.Contains(entry.Key)))).ToArray();
        foreach (var (name, entry, layer) in found)
        {
            var problem = layer is null ? "found a layer that is not recorded"
                : entry.Target is not null ? "found a target, which cannot be merged"
                : file.ReadGram(name).Columns != layer.Inputs.Columns ? $"found {file.ReadGram(name).Columns} inputs, expected {layer.Inputs.Columns}"
                : null;
            if (problem is not null)
            {
                throw new CheckpointException(path, name, CheckpointRule.Calibration, problem);
            }
        }

        RequireSource(path, file.SourceHash);
        using var noGrad = no_grad();
        var keys = new Dictionary<string, Gram>(StringComparer.Ordinal);
        foreach (var (name, entry, layer) in found.DistinctBy(part => part.Layer))
        {
            cancellation.ThrowIfCancellationRequested();
            keys.TryAdd(entry.Gram, file.ReadGram(name));
            var gram = keys[entry.Gram];
            using var scope = NewDisposeScope();
            layer!.Sum = layer.Sum!.Next(gram, new InputMark(entry.Tokens, 0), () => (SumOf(gram, entry.Tokens), entry.Tokens));
            Count(layer);
        }

        mergedSource ??= file.SourceHash;
    }

    /// <summary>Writes what has been recorded. The recording can go on. Layers that saw nothing are named once through <see cref="ReparamWarnings"/>.</summary>
    /// <param name="path">The calibration file; written beside its place and renamed.</param>
    /// <param name="checkpointPath">The checkpoint of the weights that ran, which the build will compress; null leaves out whose inputs these are.</param>
    /// <param name="cancellation">Ends the writing; the destination is as it was.</param>
    /// <exception cref="InvalidOperationException">No layer has seen an input.</exception>
    /// <exception cref="CheckpointException">
    /// The file cannot be written or the checkpoint not read, or what was merged was recorded with other weights.
    /// </exception>
    /// <exception cref="OverflowException">H of a layer does not fit F32.</exception>
    public void Save(string path, string? checkpointPath = null, CancellationToken cancellation = default)
    {
        var source = mergedSource;
        if (checkpointPath is not null)
        {
            using var checkpoint = Checkpoint.Open(checkpointPath);
            source = WeightHash.Compute(checkpoint, cancellation);
            RequireSource(checkpointPath, source);
        }

        RequireReached();
        var writer = new CalibrationWriter { SourceHash = source };
        foreach (var sharing in layers.Where(layer => layer.Sum!.Tokens > 0).GroupBy(layer => layer.Sum!))
        {
            var first = sharing.First();
            writer.Add([.. sharing.SelectMany(layer => layer.Weights)], first.Inputs.Columns, sharing.Key.Tokens, () => GramOf(first)!.Values);
        }

        writer.Write(path, cancellation);
    }

    private void RequireReached()
    {
        const string Reason = "they did not run, or something calls them by .forward(x), which passes the recorder by, where .call(x) is heard";
        var missing = NotReached;
        if (missing.Length == Weights.Length)
        {
            throw new InvalidOperationException($"{model}: none of the {missing.Length} recorded layers saw an input, {missing[0]} the first: {Reason}");
        }

        if (missing.Length > 0 && !hasWarned)
        {
            hasWarned = true;
            var names = string.Join(", ", missing.Take(8)) + (missing.Length > 8 ? ", ..." : "");
            ReparamWarnings.Report($"{model}: {missing.Length} of {Weights.Length} layers saw no input and are not in the calibration ({names}): {Reason}.");
        }
    }

    /// <summary>Takes the recorder off the model and forgets what it has recorded.</summary>
    public void Dispose()
    {
        removals.ForEach(remove => remove());
        removals.Clear();
        layers.ForEach(layer => layer.Sum!.Release());
        layers.Clear();
    }

    private static CalibrationRecorder Attach(
        Module model, Func<string, bool> layers, string what, long maxTokens, IProgress<CalibrationProgress>? progress, PlaceSampling? sampling,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(model);
        RunningStructures.RequireFolded(model);
        var all = ReparamModuleExtensions.WalkRunning(model).Where(part => LayerInputs.Of(part.Module) is not null).ToArray();
        var chosen = Known(all.Where(part => layers(part.Path)));
        return chosen.Count > 0
            ? new CalibrationRecorder(model, chosen, maxTokens, progress, sampling, cancellation)
            : throw new ArgumentException($"{model.GetName()} has {all.Length} linear layers and convolutions, and none of them is {what}.", nameof(layers));
    }

    // One layer under two names is recorded once.
    private static List<Recorded> Known(IEnumerable<(string Path, Module Layer)> found) =>
    [
        .. found.GroupBy(entry => entry.Layer, ReferenceEqualityComparer.Instance)
            .Select(names => (Names: names, Inputs: LayerInputs.Of((Module)names.Key!)))
            .Where(layer => layer.Inputs is not null)
            .Select(layer => new Recorded(
                [.. layer.Names.Select(name => ReparamModuleExtensions.Join(name.Path, "weight"))], (Module<Tensor, Tensor>)layer.Names.Key!, layer.Inputs!)),
    ];

    private static Tensor SumOf(Gram gram, long tokens)
    {
        using var mean = tensor(gram.Values.ToArray(), dtype: ScalarType.Float64);
        return mean.view(gram.Columns, gram.Columns) * tokens;
    }

    private Tensor ProductOf(Recorded layer, Tensor x, out long tokens)
    {
        var product = zeros(layer.Inputs.Columns, layer.Inputs.Columns, ScalarType.Float64, DeviceOf(x));
        var most = maxTokens - layer.Sum!.Tokens;
        if (layer.Inputs.Draw(x, sampling, layer.Sum.Tokens, most) is { } draw)
        {
            foreach (var part in layer.Inputs.Vectors(x, draw))
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                scope.Attach(part);
                // The choice leaves an error far above the rounding of single precision; sums over the parts are in double.
                var single = zeros_like(product, ScalarType.Float32);
                AddProduct(single, part.to(product.device).to(ScalarType.Float32));
                product.add_(single);
            }

            tokens = draw.Rows;
            return product.mul_(draw.Weight);
        }

        tokens = 0;
        foreach (var part in layer.Inputs.Vectors(x))
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            scope.Attach(part);
            var taken = Math.Min(part.shape[0], most - tokens);
            var vectors = part.narrow(0, 0, taken).to(product.device).to(ScalarType.Float64);
            AddProduct(product, vectors);
            tokens += taken;
            if (tokens == most)
            {
                break;
            }
        }

        return product;
    }

    // The lower triangle, in bands: H is symmetric, and half of the work is enough.
    private static void AddProduct(Tensor product, Tensor vectors)
    {
        for (long start = 0; start < product.shape[0]; start += Band)
        {
            var rows = Math.Min(Band, product.shape[0] - start);
            product.narrow(0, start, rows).narrow(1, 0, start + rows).addmm_(vectors.narrow(1, start, rows).t(), vectors.narrow(1, 0, start + rows));
        }
    }

    // Apple's GPUs have no double precision.
    private static Device DeviceOf(Tensor x) => x.device_type == DeviceType.MPS ? CPU : x.device;

    private static InputMark MarkOf(Recorded layer, Tensor x)
    {
        var flat = x.flatten();
        var mark = new InputMark(flat.sum(ScalarType.Float64).item<double>(), flat.dot(flat).to(ScalarType.Float64).item<double>());
        if (double.IsFinite(mark.Sum))
        {
            return mark;
        }

        var bad = x.numel() - x.isfinite().sum().item<long>();
        throw new ArgumentException($"'{layer.Weights[0]}': the layer's input [{string.Join(", ", x.shape)}] holds {bad} values that are not finite.");
    }

    private static Gram? GramOf(Recorded layer)
    {
        try
        {
            return layer.Sum!.Gram();
        }
        catch (OverflowException exception)
        {
            throw new OverflowException($"'{layer.Weights[0]}': {exception.Message}", exception);
        }
    }

    private void See(Recorded layer, Tensor x)
    {
        if (x.numel() == 0 || layer.Sum!.Tokens >= maxTokens)
        {
            return;
        }

        cancellation.ThrowIfCancellationRequested();
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var input = layer.Module is ReparamLayer emitted ? emitted.Mapped(x.detach()) : x.detach();
        layer.Sum = layer.Sum.Next(x, MarkOf(layer, input), () => (ProductOf(layer, input, out var tokens), tokens));
        Count(layer);
    }

    private void Count(Recorded layer)
    {
        if (layer.Sum!.Tokens > mostTokens)
        {
            mostTokens = layer.Sum.Tokens;
            progress?.Report(new CalibrationProgress(mostTokens, maxTokens, layers.Count(other => other.Sum!.Tokens > 0), layers.Count));
        }
    }

    private void RequireSource(string file, string? source)
    {
        if (mergedSource is not null && source is not null && source != mergedSource)
        {
            throw new CheckpointException(
                file, null, CheckpointRule.Calibration, "found other weights than those of the recording that was merged before, expected the same");
        }
    }

    /// <summary>A layer that is listened to.</summary>
    private sealed record Recorded(ImmutableArray<string> Weights, Module<Tensor, Tensor> Module, LayerInputs Inputs)
    {
        /// <summary>What it has seen.</summary>
        public InputSum? Sum { get; set; }
    }
}
