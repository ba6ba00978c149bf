using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>KL(model ‖ model with other weights): the mean of Σ p·(log p − log p̂) over predictions, in nats.</summary>
public static class OutputDivergence
{
    /// <summary>Measures what other weights do to a model's predictions. The model is as it was when this returns, also by an exception.</summary>
    /// <typeparam name="TBatch">What one forward takes.</typeparam>
    /// <param name="model">The float model.</param>
    /// <param name="weights">Other weights by their name in the state dict, each [rows, columns].</param>
    /// <param name="batches">The text.</param>
    /// <param name="logits">Runs the model on a batch, always in the same way, and gives logits [..., classes].</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ArgumentException">No batch, or a weight that the model does not have.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static double MeasureDivergence<TBatch>(
        this Module model, IReadOnlyDictionary<string, ReadOnlyMemory<float>> weights, IReadOnlyList<TBatch> batches, Func<TBatch, Tensor> logits,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(weights);
        using var running = new RunningModel(model, weights.Keys);
        foreach (var (tensor, values) in weights)
        {
            running[tensor].Replace(values);
        }

        return Measure(running, [running.UseReplacements], batches, logits, cancellation)[0];
    }

    /// <summary>Measures several changes of a running model against its original weights, which run again at the end.</summary>
    /// <param name="model">The model.</param>
    /// <param name="changes">Each makes the model run other weights.</param>
    /// <param name="batches">The text.</param>
    /// <param name="logits">Runs the model.</param>
    /// <param name="cancellation">Ends the work.</param>
    internal static double[] Measure<TBatch>(
        RunningModel model, IReadOnlyList<Action> changes, IReadOnlyList<TBatch> batches, Func<TBatch, Tensor> logits, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(batches);
        ArgumentNullException.ThrowIfNull(logits);
        using var noGrad = no_grad();
        var sums = new double[changes.Count];
        long predictions = 0;
        foreach (var batch in batches)
        {
            using var scope = NewDisposeScope();
            model.UseOriginals();
            var expected = LogProbabilities(logits(batch));
            var probabilities = expected.exp();
            predictions += expected.shape[0];
            for (var i = 0; i < changes.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var changeScope = NewDisposeScope();
                changes[i]();
                sums[i] += (probabilities * (expected - LogProbabilities(logits(batch)))).sum().item<double>();
                model.UseOriginals();
            }
        }

        return predictions > 0
            ? [.. sums.Select(sum => sum / predictions)]
            : throw new ArgumentException("found no prediction, expected at least one", nameof(batches));
    }

    private static Tensor LogProbabilities(Tensor logits) =>
        functional.log_softmax(logits.to(ScalarType.Float64).reshape(-1, logits.shape[^1]), -1);
}
