using System.Text.Json;
using System.Text.Json.Serialization;
using Reparam.Compression.Methods;

namespace Reparam.Compression.Allocation;

/// <summary>How a plan codes a layer.</summary>
public sealed record BitPlanLayer
{
    /// <summary>An empty one, to be read into.</summary>
    public BitPlanLayer()
    {
    }

    /// <summary>How a layer is coded.</summary>
    /// <param name="tensor">Name of the weight.</param>
    /// <param name="options">The coding.</param>
    /// <param name="isFixed">Whether the layer was not the plan's to choose.</param>
    /// <param name="bytes">Bytes without a table that layers share.</param>
    /// <param name="cost">What the plan counted for it.</param>
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    public BitPlanLayer(string tensor, MethodOptions options, bool isFixed, long bytes, double cost)
    {
        ArgumentNullException.ThrowIfNull(options);
        Tensor = tensor;
        Method = options.Method.Name;
        Options = options.Pick(options.Method.PlannedOptions);
        Fixed = isFixed;
        Bytes = bytes;
        Cost = cost;
    }

    /// <summary>Name of the weight.</summary>
    public required string Tensor { get; init; }

    /// <summary>Name of the method; null in a plan of an earlier version, which leaves the layer's own.</summary>
    public string? Method { get; init; }

    /// <summary>The options that the plan chose, by name; null in a plan of an earlier version, which has them beside the other members.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Options { get; init; }

    /// <summary>True: the layer was not the plan's to choose.</summary>
    public bool Fixed { get; init; }

    /// <summary>Bytes without a table that layers share.</summary>
    public long Bytes { get; init; }

    /// <summary>What the plan counted for it, to six digits.</summary>
    public double Cost { get; init; }

    /// <summary>What stands beside these members: the options, in a plan of an earlier version.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Further { get; set; }

    /// <summary>Options with those of the plan in their place.</summary>
    /// <exception cref="ArgumentException">The plan is for another method, has an option that the method lacks, or a value is out of range.</exception>
    public MethodOptions Apply(MethodOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        try
        {
            return Method is null || string.Equals(Method, options.Method.Name, StringComparison.OrdinalIgnoreCase)
                ? options.With(Chosen)
                : throw new ArgumentException($"the plan codes it by {Method}, and it is to be coded by {options.Method}");
        }
        catch (ArgumentException exception)
        {
            throw new ArgumentException($"'{Tensor}': {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public bool Equals(BitPlanLayer? other) => other is not null
        && (Tensor, Method, Fixed, Bytes, Cost) == (other.Tensor, other.Method, other.Fixed, other.Bytes, other.Cost)
        && Chosen.Select(Text).SequenceEqual(other.Chosen.Select(Text));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Tensor, Method, Fixed, Bytes, Cost);

    private static string Text(KeyValuePair<string, JsonElement> option) => $"{option.Key}: {option.Value.GetRawText()}";

    /// <summary>The options that the plan chose, wherever they stand.</summary>
    [JsonIgnore]
    public IEnumerable<KeyValuePair<string, JsonElement>> Chosen =>
        Options ?? (Method is null ? Further ?? new Dictionary<string, JsonElement>() : (IEnumerable<KeyValuePair<string, JsonElement>>)[]);
}
