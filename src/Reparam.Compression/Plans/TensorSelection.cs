using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Reparam.Checkpoints;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.ShiftAdd;

namespace Reparam.Compression.Plans;

/// <summary>Chooses the weights of a checkpoint by name, for a model without annotations.</summary>
public static class TensorSelection
{
    /// <summary>Plans every floating tensor of two or more dimensions that <paramref name="include"/> finds and <paramref name="exclude"/> does not.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="options">How each weight is coded.</param>
    /// <param name="include">Regular expression to be found in a name; null takes every name.</param>
    /// <param name="exclude">Regular expression that must not be found; null leaves nothing out.</param>
    /// <returns>At least one layer, in ordinal order of the names.</returns>
    /// <exception cref="CompressionException">An expression is not valid, or nothing is left.</exception>
    public static ImmutableArray<LayerPlan> Plan(ICheckpoint checkpoint, ShiftAddOptions options, string? include = null, string? exclude = null)
    {
        var wanted = Parse(checkpoint.Path, "--include", include);
        var unwanted = Parse(checkpoint.Path, "--exclude", exclude);
        var eligible = checkpoint.Names.Where(name => IsWeight(checkpoint.Info(name))).Order(StringComparer.Ordinal).ToArray();
        ImmutableArray<LayerPlan> layers =
        [
            .. eligible
                .Where(name => wanted?.IsMatch(name) != false && unwanted?.IsMatch(name) != true)
                .Select(name => new LayerPlan(name, options)),
        ];
        if (layers.IsEmpty)
        {
            throw new CompressionException(checkpoint.Path, CompressionDiagnostics.NothingToCompress.With(
                eligible.Length == 0
                    ? $"none of the {checkpoint.Names.Count} tensors is a floating one of two or more dimensions"
                    : $"--include and --exclude leave none of the {eligible.Length} weights"));
        }

        return layers;
    }

    private static bool IsWeight(TensorInfo info) => info.Shape.Length >= 2 && info.ElementCount > 0 && CheckpointCompressor.CanCode(info.DType);

    private static Regex? Parse(string file, string option, string? pattern)
    {
        try
        {
            return pattern is null ? null : new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new CompressionException(file, CompressionDiagnostics.InvalidOption.With($"{option} is no regular expression: {exception.Message}"));
        }
    }
}
