using System.Collections.Immutable;
using Reparam.Compression;
using Reparam.Compression.Calibration;
using Reparam.Compression.Methods;
using Reparam.Compression.Plans;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>One walk of <see cref="SequentialCompression"/>.</summary>
internal sealed class SequentialRun<TBatch>(
    RunningModel model, ImmutableArray<LayerPlan> plans, IReadOnlyList<TBatch> batches, Action<TBatch> forward, SequentialOptions options,
    Func<LayerJob, CodedLayer> encode, IProgress<SequentialProgress>? progress, CancellationToken cancellation)
{
    private readonly Dictionary<string, LayerPlan> plans = plans.ToDictionary(plan => plan.Tensor, StringComparer.Ordinal);
    private readonly List<SequentialLayer> done = [];

    /// <summary>Codes every layer that runs.</summary>
    public SequentialResult Run()
    {
        RequireStreams();
        RequireUngrouped();
        var groups = LayerGroup.Record(model, StreamOf, () => forward(batches[0]), cancellation);
        using var floats = FloatInputs(groups);
        foreach (var group in groups)
        {
            using var moments = group.HasInputs ? Measure(group, floats?.Take(group)) : null;
            foreach (var layer in group.Layers)
            {
                Code(layer, moments);
            }
        }

        var coded = done.Select(layer => layer.Plan.Tensor).ToHashSet(StringComparer.Ordinal);
        return new SequentialResult([.. done], [.. plans.Keys.Where(tensor => !coded.Contains(tensor))]);
    }

    private FloatInputs<TBatch>? FloatInputs(IEnumerable<LayerGroup> groups) => options.Targets
        ? FloatInputs<TBatch>.Record([.. groups.Where(group => group.HasInputs)], batches, forward, options.Sampling, options.CacheBytes, cancellation)
        : null;

    private SequentialMoments Measure(LayerGroup group, IReadOnlyList<SeenInputs>? floats)
    {
        var layer = group.Layers[0];
        var moments = new SequentialMoments(layer.Columns, group.Stream is null ? null : layer.Rows, layer.Original.device);
        try
        {
            using var tap = new ForwardTap([group], options.Sampling, batches.Count, cancellation);
            foreach (var chunk in batches.Index().Chunk(options.BatchesAtATime))
            {
                Measure(layer, tap, chunk, floats?.Skip(chunk[0].Index).Take(chunk.Length), moments);
            }

            return moments;
        }
        catch
        {
            moments.Dispose();
            throw;
        }
        finally
        {
            FloatInputs<TBatch>.Dispose(floats);
        }
    }

    // The float model reads the chunk, where that is not known yet; then the coded prefix does.
    private void Measure(RunningLayer layer, ForwardTap tap, (int Index, TBatch Batch)[] chunk, IEnumerable<SeenInputs>? known, SequentialMoments moments)
    {
        if (done.Count == 0 || !options.Targets)
        {
            foreach (var (index, batch) in chunk)
            {
                using var inputs = tap.Run(index, () => forward(batch))[0];
                moments.Add(inputs.Inputs);
            }

            return;
        }

        var floats = new List<SeenInputs>();
        try
        {
            if (known is null)
            {
                model.UseOriginals();
                floats.AddRange(chunk.Select(part => tap.Run(part.Index, () => forward(part.Batch))[0]));
                model.UseReplacements();
            }

            foreach (var ((index, batch), seen) in chunk.Zip(known ?? floats))
            {
                using var coded = tap.Run(index, () => forward(batch))[0];
                RequireSame(layer, seen.Inputs, coded.Inputs);
                moments.Add(seen, coded);
            }
        }
        finally
        {
            FloatInputs<TBatch>.Dispose(floats);
        }
    }

    private static void RequireSame(RunningLayer layer, Tensor seen, Tensor coded)
    {
        if (!seen.shape.SequenceEqual(coded.shape))
        {
            throw new InvalidOperationException(
                $"'{layer.Tensor}' sees {seen.shape[0]} inputs in the float model and {coded.shape[0]} behind coded layers: how many it sees must not depend "
                    + "on values");
        }
    }

    private void Code(RunningLayer layer, SequentialMoments? moments)
    {
        cancellation.ThrowIfCancellationRequested();
        progress?.Report(new SequentialProgress(done.Count, plans.Count, layer.Tensor, null));
        var plan = plans[layer.Tensor];
        var calibration = moments is null ? null : CalibrationOf(layer, moments);
        var coded = encode(layer.Job(plan.Options, calibration, options.Threads, cancellation));
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
            ? module as Module<Tensor, Tensor>
                ?? throw new ArgumentException($"'{path}', whose input is the stream of '{layer.Tensor}', takes something else than one tensor")
            : throw new ArgumentException($"the model has no module '{path}', whose input would be the stream of '{layer.Tensor}'");
    }

    private string? StreamPath(string tensor) =>
        options.Residuals.Select(residual => residual.StreamOf(tensor[..^".weight".Length])).FirstOrDefault(path => path is not null);

    private void RequireUngrouped()
    {
        if (model.Layers.FirstOrDefault(layer => layer.Groups > 1) is { } layer)
        {
            throw new ArgumentException($"'{layer.Tensor}' is a convolution in {layer.Groups} groups, whose inputs differ from group to group; leave it out");
        }
    }

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
}
