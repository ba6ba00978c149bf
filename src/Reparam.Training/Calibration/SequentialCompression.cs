using System.Collections.Immutable;
using Reparam.Compression;
using Reparam.Compression.Calibration;
using Reparam.Compression.Methods;
using Reparam.Compression.Plans;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>
/// Calibration through the network: layer after layer, in the order in which they run, is coded for the inputs that the already coded prefix gives, with
/// the float model's output as its target; layers that write into a residual stream also repair the error that has gathered there.
/// </summary>
public static class SequentialCompression
{
    /// <summary>Codes a model's layers one after the other. The model is as it was when this returns, also by an exception.</summary>
    /// <typeparam name="TBatch">What one forward takes.</typeparam>
    /// <param name="model">The float model; emitted layers run their folded weights.</param>
    /// <param name="layers">The weights to code, by name in the state dict, with exactly the options that the build will use.</param>
    /// <param name="batches">The calibration text; each batch is run several times for every layer.</param>
    /// <param name="forward">Runs the model on a batch, always in the same way. It is ended by an exception once it has shown what is needed.</param>
    /// <param name="options">Residual streams, ridge, memory.</param>
    /// <param name="progress">Told of each layer before and after.</param>
    /// <param name="cancellation">Ends the work within a fraction of a forward.</param>
    /// <returns>What was coded and for which inputs and targets; to be saved for the build.</returns>
    /// <exception cref="ArgumentException">
    /// No batch, an option out of range, a layer or a stream that the model does not have or that cannot be calibrated, or values that are not finite.
    /// </exception>
    /// <exception cref="InvalidOperationException">A batch does not run what the first one ran.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static SequentialResult CompressSequentially<TBatch>(
        this Module model, ImmutableArray<LayerPlan> layers, IReadOnlyList<TBatch> batches, Action<TBatch> forward, SequentialOptions? options = null,
        IProgress<SequentialProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(batches);
        ArgumentNullException.ThrowIfNull(forward);
        options ??= new SequentialOptions();
        options.Validate();
        if (batches.Count == 0)
        {
            throw new ArgumentException("found no batch, expected at least one", nameof(batches));
        }

        using var running = new RunningModel(model, layers.Select(layer => layer.Tensor));
        var sessions = running.Sessions(layers.Select(layer => (layer.Tensor, layer.Options)));
        return new SequentialRun<TBatch>(running, layers, batches, forward, options, sessions.Encode, progress, cancellation).Run();
    }
}
