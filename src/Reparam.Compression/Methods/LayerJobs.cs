using Reparam.Checkpoints;
using Reparam.Compression.Plans;

namespace Reparam.Compression.Methods;

/// <summary>Jobs over weights of a checkpoint.</summary>
internal static class LayerJobs
{
    /// <summary>Reads a weight, its calibration and its state.</summary>
    /// <param name="checkpoint">The dense checkpoint.</param>
    /// <param name="layer">A weight of it that can be coded.</param>
    /// <param name="settings">Calibration and cores.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="CheckpointException">It cannot be read.</exception>
    public static LayerJob Of(ICheckpoint checkpoint, LayerPlan layer, CompressionSettings settings, CancellationToken cancellation)
    {
        var info = checkpoint.Info(layer.Tensor);
        var (rows, columns) = MatrixShape.Of(info);
        var calibration = settings.Calibration?.Find(layer.Tensor, rows, columns);
        return new LayerJob(layer.Tensor, checkpoint.Singles(layer.Tensor), rows, columns, layer.Options, calibration, settings.Threads, cancellation)
        {
            State = LayerState.Read(checkpoint, layer),
            Channels = (int)info.Shape[1],
            IsLookedUp = layer.IsLookedUp,
        };
    }
}
