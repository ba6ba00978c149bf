using System.Collections.Frozen;
using Reparam.Checkpoints;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Plans;

namespace Reparam.Compression.Methods;

/// <summary>The state of layers that their post-training methods read from a checkpoint: <see cref="PostTrainingMethod.StateNames"/>.</summary>
public static class LayerState
{
    /// <summary>No state.</summary>
    public static IReadOnlyDictionary<string, ReadOnlyMemory<float>> None { get; } = FrozenDictionary<string, ReadOnlyMemory<float>>.Empty;

    /// <summary>The path of the layer with a weight, with a dot behind it unless it is empty: <c>blocks.0.query.</c>.</summary>
    /// <param name="tensor">Name of the weight.</param>
    public static string PrefixOf(string tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor[..(tensor.LastIndexOf('.') + 1)];
    }

    /// <summary>Names in the checkpoint of what a layer's method reads beside the weight.</summary>
    public static IEnumerable<string> NamesOf(LayerPlan layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return layer.IsLookedUp ? [] : layer.Method.StateNames(layer.Options).Select(name => PrefixOf(layer.Tensor) + name);
    }

    /// <summary>Reads it. What the checkpoint lacks is left out: <see cref="CodingSessions.Encode(LayerJob)"/> tells it.</summary>
    /// <exception cref="CheckpointException">It cannot be read.</exception>
    public static IReadOnlyDictionary<string, ReadOnlyMemory<float>> Read(ICheckpoint checkpoint, LayerPlan layer)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var prefix = PrefixOf(layer.Tensor);
        return NamesOf(layer).Where(name => checkpoint.Contains(name) && ElementConversion.CanConvertToSingle(checkpoint.Info(name).DType))
            .ToDictionary(name => name[prefix.Length..], name => (ReadOnlyMemory<float>)checkpoint.ReadSingles(name), StringComparer.Ordinal);
    }

    /// <summary>What of a layer's state the checkpoint lacks.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="names">Names of its tensors that are not left out; null for all.</param>
    internal static CompressionProblem? Problem(ICheckpoint checkpoint, LayerPlan layer, IReadOnlySet<string>? names = null) =>
        NamesOf(layer).FirstOrDefault(name => !checkpoint.Contains(name) || names?.Contains(name) == false) is { } name
        ? Missing(layer.Tensor, layer.Options, name)
        : NamesOf(layer).FirstOrDefault(name => !ElementConversion.CanConvertToSingle(checkpoint.Info(name).DType)) is { } odd
            ? CompressionDiagnostics.UnusableState.With(layer.Tensor, layer.Method, $"found '{odd}' {checkpoint.Info(odd).Describe()}, expected numbers")
            : null;

    /// <summary>The error for a job that lacks some of its state; null where it has all.</summary>
    internal static CompressionProblem? Problem(LayerJob job) =>
        !job.IsLookedUp && job.Options.Method.StateNames(job.Options).FirstOrDefault(name => !job.State.ContainsKey(name)) is { } name
            ? Missing(job.Tensor, job.Options, PrefixOf(job.Tensor) + name)
            : null;

    private static CompressionProblem Missing(string tensor, MethodOptions options, string name) => CompressionDiagnostics.UnusableState.With(
        tensor, options.Method,
        $"found no '{name}', which a calibrated model of annotated classes exports: call CalibrateReparam before ExportDense, or code the layer without");
}
