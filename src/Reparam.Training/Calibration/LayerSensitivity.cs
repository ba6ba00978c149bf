using System.Collections.Immutable;
using Reparam.Compression;
using Reparam.Compression.Allocation;
using Reparam.Compression.Calibration;
using Reparam.Compression.ShiftAdd;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>What one layer's coding alone costs the whole model.</summary>
/// <param name="Tensor">The weight.</param>
/// <param name="Options">How it was coded.</param>
/// <param name="Cost">Rise of the model's output divergence, nats a prediction.</param>
public sealed record LayerSensitivity(string Tensor, ShiftAddOptions Options, double Cost);

/// <summary>Measures <see cref="LayerSensitivity"/>.</summary>
public static class SensitivityExtensions
{
    /// <summary>Codes each layer alone in each of some ways and measures what that does to the model's predictions. The model is as it was when this returns, also by an exception.</summary>
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
        this Module model, IReadOnlyList<string> tensors, IReadOnlyList<ShiftAddOptions> candidates, IReadOnlyList<TBatch> batches, Func<TBatch, Tensor> logits,
        ICalibration? calibration = null, IProgress<SequentialProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(candidates);
        using var running = new RunningModel(model, tensors);
        var tables = running.Tables(tensors);
        var found = ImmutableArray.CreateBuilder<LayerSensitivity>(tensors.Count * candidates.Count);
        foreach (var (index, tensor) in tensors.Index())
        {
            using var scope = NewDisposeScope();
            var layer = running[tensor];
            var weights = layer.Weights();
            var moments = calibration?.Find(tensor, layer.Rows, layer.Columns);
            var changes = new List<Action>();
            foreach (var options in candidates)
            {
                var coded = LayerCoder.Encode(weights, layer.Rows, layer.Columns, options, moments, tensor, cancellation: cancellation, tables: tables);
                var values = layer.TensorOf(coded.Matrix.Decode());
                scope.Attach(values);
                changes.Add(() => layer.Use(values));
            }

            var costs = OutputDivergence.Measure(running, changes, batches, logits, cancellation);
            found.AddRange(candidates.Zip(costs, (options, cost) => new LayerSensitivity(tensor, options, cost)));
            progress?.Report(new SequentialProgress(index + 1, tensors.Count, tensor, null));
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
            IReadOnlyList<Sensitivity> (layer) => [.. layer.Select(entry => new Sensitivity(entry.Options.Layout.Name(), entry.Options.Bits, entry.Options.GroupSize, entry.Cost))]));
    }
}
