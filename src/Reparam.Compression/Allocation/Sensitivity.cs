using System.Text.Json;
using System.Text.Json.Serialization;
using Reparam.Compression.Methods;

namespace Reparam.Compression.Allocation;

/// <summary>What a coding of one layer costs the whole model.</summary>
public sealed record Sensitivity
{
    /// <summary>An empty one, to be read into.</summary>
    public Sensitivity()
    {
    }

    /// <summary>A measured cost.</summary>
    /// <param name="options">The coding.</param>
    /// <param name="cost">Rise of the model's output divergence in nats per token, this layer alone coded; finite.</param>
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    public Sensitivity(MethodOptions options, double cost)
    {
        ArgumentNullException.ThrowIfNull(options);
        Method = options.Method.Name;
        Options = options.Pick(options.Method.PlannedOptions);
        Cost = cost;
    }

    /// <summary>Name of the method; null in a file of an earlier version, where it is the asked one.</summary>
    public string? Method { get; init; }

    /// <summary>The options that a bit plan chooses, by name; null in a file of an earlier version, which has them beside the other members.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Options { get; init; }

    /// <summary>Rise of the model's output divergence in nats per token, this layer alone coded; finite.</summary>
    public required double Cost { get; init; }

    /// <summary>What stands beside these members: the options, in a file of an earlier version.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Further { get; set; }

    /// <summary>Whether this was measured of a coding, as far as it matters.</summary>
    /// <param name="options">The coding.</param>
    public bool IsOf(MethodOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (Method is not null && !string.Equals(Method, options.Method.Name, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        try
        {
            // Another value of an option that does not matter here makes no other coding.
            return options.Method.Effective(options.With(Chosen)).Equals(options.Method.Effective(options));
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>The options that were coded with, wherever they stand.</summary>
    [JsonIgnore]
    public IEnumerable<KeyValuePair<string, JsonElement>> Chosen => Options ?? (IEnumerable<KeyValuePair<string, JsonElement>>?)Further ?? [];
}
