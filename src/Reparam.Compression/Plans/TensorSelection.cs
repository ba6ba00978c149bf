using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Reparam.Checkpoints;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Methods;

namespace Reparam.Compression.Plans;

/// <summary>The weights of a checkpoint that are coded where no annotation says so, and why the others are not.</summary>
public sealed record TensorSelection
{
    /// <summary>The weights to code, in ordinal order of their names; none where everything is copied by rule.</summary>
    public required ImmutableArray<LayerPlan> Layers { get; init; }

    /// <summary>Every other tensor of the checkpoint, and why it is copied.</summary>
    public required IReadOnlyDictionary<string, CopyReason> Copied { get; init; }

    /// <summary>What the user should know: the checkpoint is quantised already (RPB0112), or nothing is left to code (RPB0108).</summary>
    public required ImmutableArray<CompressionProblem> Warnings { get; init; }

    /// <summary>
    /// Takes every floating tensor of two or more dimensions, embeddings and heads included, that <paramref name="include"/> finds and
    /// <paramref name="exclude"/> does not. Copied are: what has fewer dimensions (norm weights, biases), what a quantised checkpoint decodes its weights with
    /// (<see cref="QuantizedTensors"/>), and buffers that models compute (<see cref="DerivedTensors"/>).
    /// </summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="options">How each weight is coded.</param>
    /// <param name="include">Regular expression to be found in a name; null takes every name.</param>
    /// <param name="exclude">Regular expression that must not be found; null leaves nothing out.</param>
    /// <param name="everything">True: scales, zero points and computed buffers are coded as well.</param>
    /// <exception cref="CompressionException">
    /// An expression is not valid, or there is no floating tensor of two or more dimensions that the expressions leave.
    /// </exception>
    public static TensorSelection Plan(ICheckpoint checkpoint, MethodOptions options, string? include = null, string? exclude = null, bool everything = false)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var wanted = Parse(checkpoint.Path, "--include", include);
        var unwanted = Parse(checkpoint.Path, "--exclude", exclude);
        var quantized = QuantizedTensors.Of(checkpoint);
        var quantizedWeights = quantized.Weights.Select(info => info.Name).ToHashSet(StringComparer.Ordinal);
        var layers = ImmutableArray.CreateBuilder<LayerPlan>();
        var copied = new Dictionary<string, CopyReason>(StringComparer.Ordinal);
        foreach (var name in checkpoint.Names.Order(StringComparer.Ordinal))
        {
            if (ReasonOf(checkpoint.Info(name)) is { } reason)
            {
                copied.Add(name, reason);
            }
            else
            {
                layers.Add(new LayerPlan(name, options));
            }
        }

        RequireSome();
        return new TensorSelection { Layers = layers.ToImmutable(), Copied = copied, Warnings = [.. Warn()] };

        CopyReason? ReasonOf(TensorInfo info)
        {
            var name = info.Name;
            var natural = CopiedTensor.ReasonOf(info);

            // Where nothing is quantised, a vector that is called a scale is a norm weight.
            return quantizedWeights.Contains(name) ? CopyReason.Quantized
                : quantized.Parameters.Contains(name) && (natural is null ? !everything : quantizedWeights.Count > 0) ? CopyReason.QuantizationParameter
                : natural is not null ? natural
                : !everything && DerivedTensors.ReasonToIgnore(info) is not null ? CopyReason.Derived
                : wanted?.IsMatch(name) == false || unwanted?.IsMatch(name) == true ? CopyReason.Excluded
                : null;
        }

        void RequireSome()
        {
            var weights = layers.Count + copied.Values.Count(reason => reason == CopyReason.Excluded);
            var ruled = copied.Where(tensor => tensor.Value is CopyReason.Quantized or CopyReason.QuantizationParameter or CopyReason.Derived).ToArray();
            if (layers.Count > 0 || (weights == 0 && ruled.Length > 0))
            {
                return;
            }

            throw new CompressionException(checkpoint.Path, CompressionDiagnostics.NothingToCompress.With(
                weights == 0
                    ? $"none of the {checkpoint.Names.Count} tensors is a floating one of two or more dimensions"
                    : $"--include and --exclude leave none of the {weights} weights"));
        }

        IEnumerable<CompressionProblem> Warn()
        {
            if (quantized.Weights.Length > 0)
            {
                var parameters = copied.Values.Count(reason => reason == CopyReason.QuantizationParameter);
                yield return CompressionDiagnostics.QuantizedCheckpoint.With(quantized.Describe(), parameters);
            }

            if (layers.Count == 0)
            {
                yield return CompressionDiagnostics.NothingToCompress.With("no tensor is left to code; every tensor is copied as it is");
            }
        }
    }

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
