using System.Collections.Immutable;
using Reparam.Compression;
using Reparam.Compression.Allocation;
using Reparam.Compression.Calibration;
using Reparam.Compression.Methods;
using Reparam.Compression.Plans;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>What one layer's coding alone costs the whole model.</summary>
/// <param name="Tensor">The weight.</param>
/// <param name="Options">How it was coded.</param>
/// <param name="Cost">Rise of the model's output divergence, nats a prediction.</param>
public sealed record LayerSensitivity(string Tensor, MethodOptions Options, double Cost);

/// <summary>Measures <see cref="LayerSensitivity"/>.</summary>
public static class SensitivityExtensions
{
    /// <summary>
    /// Codes each layer alone in every way that its method's ladder has and measures what that does to the model's predictions. The model is as it was when
    /// this returns, also by an exception.
    /// </summary>
    /// <typeparam name="TBatch">What one forward takes.</typeparam>
    /// <param name="model">The float model.</param>
    /// <param name="layers">The layers as they are annotated; a fixed one is coded in its own way alone.</param>
    /// <param name="batches">The text: with n layers of c ways each it is run n·(c + 1) times.</param>
    /// <param name="logits">Runs the model on a batch, always in the same way, and gives logits [..., classes].</param>
    /// <param name="calibration">Second moments of the layers' inputs; null codes by weight error alone.</param>
    /// <param name="progress">Told of each layer when it is done.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArgumentException">No batch, an option out of range, or a weight that the model does not have.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ImmutableArray<LayerSensitivity> MeasureSensitivity<TBatch>(
        this Module model, IReadOnlyList<LayerPlan> layers, IReadOnlyList<TBatch> batches, Func<TBatch, Tensor> logits,
        ICalibration? calibration = null, IProgress<SequentialProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(layers);
        using var running = new RunningModel(model, layers.Select(layer => layer.Tensor));
        var sessions = running.Sessions(layers.Select(layer => (layer.Tensor, layer.Options)));
        return Measure(
            running,
            [.. layers.Select(layer => (layer.Tensor, Ways(layer, running[layer.Tensor])))],
            _ => sessions, batches, logits, calibration, progress, cancellation);
    }

    /// <summary>
    /// Codes each layer alone in each of some ways and measures what that does to the model's predictions. The model is as it was when this returns, also
    /// by an exception.
    /// </summary>
    /// <typeparam name="TBatch">What one forward takes.</typeparam>
    /// <param name="model">The float model.</param>
    /// <param name="tensors">Weights of the layers, by name in the state dict.</param>
    /// <param name="candidates">The ways to code a layer.</param>
    /// <param name="batches">The text: with n layers and c candidates it is run n·(c + 1) times.</param>
    /// <param name="logits">Runs the model on a batch, always in the same way, and gives logits [..., classes].</param>
    /// <param name="calibration">Second moments of the layers' inputs; null codes by weight error alone.</param>
    /// <param name="progress">Told of each layer when it is done.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArgumentException">No batch, an option out of range, or a weight that the model does not have.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ImmutableArray<LayerSensitivity> MeasureSensitivity<TBatch>(
        this Module model, IReadOnlyList<string> tensors, IReadOnlyList<MethodOptions> candidates, IReadOnlyList<TBatch> batches, Func<TBatch, Tensor> logits,
        ICalibration? calibration = null, IProgress<SequentialProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(candidates);
        using var running = new RunningModel(model, tensors);
        var sessions = candidates.Distinct().ToDictionary(options => options, options => running.Sessions(tensors.Select(tensor => (tensor, options))));
        return Measure(
            running, [.. tensors.Select(tensor => (tensor, candidates))], options => sessions[options], batches, logits, calibration, progress, cancellation);
    }

    private static IReadOnlyList<MethodOptions> Ways(LayerPlan plan, RunningLayer layer) => plan.Fixed
        ? [plan.Options]
        : [.. plan.Method.Ladder(plan.Options, new LadderLayer(plan.Tensor, layer.Rows, layer.Columns)).Select(step => step.Options)];

    private static ImmutableArray<LayerSensitivity> Measure<TBatch>(
        RunningModel running, IReadOnlyList<(string Tensor, IReadOnlyList<MethodOptions> Ways)> layers, Func<MethodOptions, CodingSessions> sessions,
        IReadOnlyList<TBatch> batches, Func<TBatch, Tensor> logits, ICalibration? calibration, IProgress<SequentialProgress>? progress,
        CancellationToken cancellation)
    {
        var found = ImmutableArray.CreateBuilder<LayerSensitivity>(layers.Sum(layer => layer.Ways.Count));
        foreach (var (index, (tensor, candidates)) in layers.Index())
        {
            using var scope = NewDisposeScope();
            var layer = running[tensor];
            var job = layer.Job(candidates[0], calibration?.Find(tensor, layer.Rows, layer.Columns), cancellation: cancellation);
            var changes = new List<Action>();
            foreach (var options in candidates)
            {
                var coded = sessions(options).Encode(job with { Options = options, State = layer.State(options) });
                var values = layer.TensorOf(coded.Matrix.Decode());
                scope.Attach(values);
                changes.Add(() => layer.Use(values));
            }

            var costs = OutputDivergence.Measure(running, changes, batches, logits, cancellation);
            found.AddRange(candidates.Zip(costs, (options, cost) => new LayerSensitivity(tensor, options, cost)));
            progress?.Report(new SequentialProgress(index + 1, layers.Count, tensor, null));
        }

        return found.MoveToImmutable();
    }

    /// <summary>The text that a calibration file keeps under <see cref="CalibrationFormat.SensitivityKey"/>, for the build's bit allocation.</summary>
    /// <param name="found">What was measured.</param>
    public static string ToCalibration(this IEnumerable<LayerSensitivity> found)
    {
        ArgumentNullException.ThrowIfNull(found);
        return Sensitivities.Format(found.GroupBy(entry => entry.Tensor).ToDictionary(
            layer => layer.Key,
            IReadOnlyList<Sensitivity> (layer) => [.. layer.Select(entry => new Sensitivity(entry.Options, entry.Cost))]));
    }
}
