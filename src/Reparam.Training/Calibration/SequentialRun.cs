using System.Collections.Immutable;
using Reparam.Compression;
using Reparam.Compression.Calibration;
using Reparam.Compression.Plans;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>One walk of <see cref="SequentialCompression"/>.</summary>
internal sealed class SequentialRun<TBatch>(
    RunningModel model, ImmutableArray<LayerPlan> plans, IReadOnlyList<TBatch> batches, Action<TBatch> forward, SequentialOptions options,
    LayerEncoder encode, IProgress<SequentialProgress>? progress, CancellationToken cancellation)
{
    private readonly Dictionary<string, LayerPlan> plans = plans.ToDictionary(plan => plan.Tensor, StringComparer.Ordinal);
    private readonly List<SequentialLayer> done = [];

    /// <summary>Codes every layer that runs.</summary>
    public SequentialResult Run()
    {
        RequireStreams();
        foreach (var group in LayerGroup.Record(model, StreamOf, () => forward(batches[0]), cancellation))
        {
            using var moments = group.Layers[0].Kind == LayerKinds.Embedding ? null : Measure(group);
            foreach (var layer in group.Layers)
            {
                Code(layer, moments);
            }
        }

        var coded = done.Select(layer => layer.Plan.Tensor).ToHashSet(StringComparer.Ordinal);
        return new SequentialResult([.. done], [.. plans.Keys.Where(tensor => !coded.Contains(tensor))]);
    }

    private SequentialMoments Measure(LayerGroup group)
    {
        var layer = group.Layers[0];
        var moments = new SequentialMoments(layer.Columns, group.Stream is null ? null : layer.Rows, layer.Original.device);
        try
        {
            using var tap = new ForwardTap(group, cancellation);
            foreach (var chunk in batches.Chunk(options.BatchesAtATime))
            {
                Measure(layer, tap, chunk, moments);
            }

            return moments;
        }
        catch
        {
            moments.Dispose();
            throw;
        }
    }

    // The float model reads the chunk, then the coded prefix does: weights change places twice a chunk.
    private void Measure(RunningLayer layer, ForwardTap tap, TBatch[] chunk, SequentialMoments moments)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var seen = new List<(Tensor Inputs, Tensor? Stream)>();
        if (done.Count > 0 && options.Targets)
        {
            model.UseOriginals();
            seen.AddRange(chunk.Select(batch => Attach(scope, tap.Run(() => forward(batch)))));
            model.UseReplacements();
        }

        foreach (var (index, batch) in chunk.Index())
        {
            using var batchScope = NewDisposeScope();
            var (inputs, stream) = Attach(batchScope, tap.Run(() => forward(batch)));
            if (seen.Count == 0)
            {
                moments.Add(inputs);
                continue;
            }

            if (!seen[index].Inputs.shape.SequenceEqual(inputs.shape))
            {
                throw new InvalidOperationException(
                    $"'{layer.Tensor}' sees {seen[index].Inputs.shape[0]} inputs in the float model and {inputs.shape[0]} behind coded layers: what it sees must not depend on values");
            }

            moments.Add(seen[index].Inputs, seen[index].Stream, inputs, stream);
        }
    }

    private void Code(RunningLayer layer, SequentialMoments? moments)
    {
        cancellation.ThrowIfCancellationRequested();
        progress?.Report(new SequentialProgress(done.Count, plans.Count, layer.Tensor, null));
        var plan = plans[layer.Tensor];
        var calibration = moments is null ? null : CalibrationOf(layer, moments);
        var coded = encode(plan, layer.Weights(), layer.Rows, layer.Columns, calibration);
        layer.Replace(coded.Matrix.Decode());
        done.Add(new SequentialLayer(plan, calibration, coded));
        progress?.Report(new SequentialProgress(done.Count, plans.Count, layer.Tensor, coded));
    }

    private LayerCalibration CalibrationOf(RunningLayer layer, SequentialMoments moments)
    {
        try
        {
            return new LayerCalibration(moments.Gram(), moments.Target(layer.Original, options.Ridge));
        }
        catch (ArgumentException exception)
        {
            throw new ArgumentException($"'{layer.Tensor}': {exception.Message}", exception);
        }
    }

    private Module<Tensor, Tensor>? StreamOf(RunningLayer layer)
    {
        if (StreamPath(layer.Tensor) is not { } path)
        {
            return null;
        }

        return model.Modules.TryGetValue(path, out var module)
            ? module as Module<Tensor, Tensor> ?? throw new ArgumentException($"'{path}', whose input is the stream of '{layer.Tensor}', takes something else than one tensor")
            : throw new ArgumentException($"the model has no module '{path}', whose input would be the stream of '{layer.Tensor}'");
    }

    private string? StreamPath(string tensor) =>
        options.Residuals.Select(residual => residual.StreamOf(tensor[..^".weight".Length])).FirstOrDefault(path => path is not null);

    // A misspelt writer would silently repair nothing.
    private void RequireStreams()
    {
        foreach (var residual in options.Residuals)
        {
            if (!plans.Keys.Any(tensor => residual.StreamOf(tensor[..^".weight".Length]) is not null))
            {
                throw new ArgumentException($"no layer to code is called '{residual.Writers}'");
            }
        }
    }

    private static (Tensor Inputs, Tensor? Stream) Attach(DisposeScope scope, (Tensor Inputs, Tensor? Stream) seen)
    {
        scope.Attach(seen.Inputs);
        if (seen.Stream is not null)
        {
            scope.Attach(seen.Stream);
        }

        return seen;
    }
}
