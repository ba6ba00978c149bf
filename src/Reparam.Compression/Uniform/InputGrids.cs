using Reparam.Checkpoints.Packed;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Methods;

namespace Reparam.Compression.Uniform;

/// <summary>The grid of a layer's rounded inputs, from the state that training keeps.</summary>
internal static class InputGrids
{
    /// <summary>The grid of a job's inputs; null where they are not rounded, or the layer has none.</summary>
    /// <param name="job">The job, with its state.</param>
    /// <param name="options">Its options.</param>
    /// <exception cref="UncodableLayerException">The state is no grid, or not of as many channels as the options say.</exception>
    public static UniformInputs? Of(LayerJob job, UniformAttribute options)
    {
        if (options.Activations == 0 || job.IsLookedUp)
        {
            return null;
        }

        var channels = options.ActivationsPerChannel ? job.Channels : 1;
        foreach (var name in UniformInputState.Names)
        {
            if (job.State[name].Length is var found && found != channels)
            {
                throw Refused(job, $"'{name}' has {found} values, expected {channels}: the annotation says "
                    + $"{(options.ActivationsPerChannel ? "one for each input channel" : "one for all inputs")}");
            }
        }

        try
        {
            return UniformInputState.Read(job.State[UniformInputState.ScaleName], job.State[UniformInputState.ZeroName]);
        }
        catch (ArgumentException exception)
        {
            throw Refused(job, exception.Message);
        }
    }

    private static UncodableLayerException Refused(LayerJob job, string problem) =>
        new(CompressionDiagnostics.UnusableState.With(job.Tensor, job.Options.Method, problem));
}
