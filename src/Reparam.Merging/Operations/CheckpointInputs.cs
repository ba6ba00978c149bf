using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Reparam.Merging.Diagnostics;
using Reparam.Merging.Engine;

namespace Reparam.Merging;

/// <summary>All inputs of an operation, opened and found to fit together. For operations that look at more than one tensor before they begin.</summary>
public sealed class CheckpointInputs
{
    private readonly SourceSet sources;
    private readonly Func<string, TensorInputs> open;
    private int? copyFrom;

    internal CheckpointInputs(SourceSet sources, ImmutableArray<string> mergedNames, Func<string, TensorInputs> open)
    {
        this.sources = sources;
        this.open = open;
        MergedNames = mergedNames;
    }

    /// <summary>Number of inputs, without the base.</summary>
    public int InputCount => sources.Inputs.Length;

    /// <summary>Whether there is a base.</summary>
    public bool HasBase => sources.Base is not null;

    /// <summary>Names of the tensors that are merged, in ordinal order.</summary>
    public ImmutableArray<string> MergedNames { get; }

    /// <summary>The input that tensors are copied from which are not merged. Where nothing is set, the base, or without one the first input.</summary>
    public int? CopyFrom
    {
        get => copyFrom;
        set
        {
            if (value is { } input)
            {
                ArgumentOutOfRangeException.ThrowIfNegative(input);
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(input, InputCount);
            }

            copyFrom = value;
        }
    }

    internal JsonObject Facts { get; } = [];

    /// <summary>Path of an input, for messages.</summary>
    /// <param name="input">From 0.</param>
    public string File(int input) => sources.Inputs[input].Path;

    /// <summary>An entry of an input's metadata; null where there is none.</summary>
    /// <param name="input">From 0.</param>
    /// <param name="key">Such as <c>reparam.step</c>.</param>
    public string? Metadata(int input, string key) => sources.Inputs[input].Checkpoint.Metadata.GetValueOrDefault(key);

    /// <summary>A tensor that is merged, in all inputs.</summary>
    /// <param name="name">One of <see cref="MergedNames"/>.</param>
    public TensorInputs Tensor(string name) =>
        MergedNames.BinarySearch(name, StringComparer.Ordinal) >= 0 ? open(name)
            : throw new ArgumentException($"found the name '{name}', expected that of a merged tensor", nameof(name));

    /// <summary>Writes down what the operation found out, such as weights that it computed: it stands in the result's metadata and in the report.</summary>
    /// <param name="name">Name of the fact.</param>
    /// <param name="values">One number, or one for each input.</param>
    public void Record(string name, params ReadOnlySpan<double> values) =>
        Facts[name] = values.Length == 1 && InputCount > 1 ? values[0] : new JsonArray([.. values.ToArray().Select(value => (JsonNode?)value)]);

    /// <summary>The error for an option that does not go with the inputs or with another option.</summary>
    /// <param name="text">What was found and what was expected.</param>
    public CheckpointOperationException InvalidOption(string text) => new(sources.Inputs[0].Path, OperationCodes.InvalidOption, text);
}
