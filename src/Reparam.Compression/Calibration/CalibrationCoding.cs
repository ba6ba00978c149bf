using System.Text.Json;
using System.Text.Json.Serialization;
using Reparam.Compression.Methods;

namespace Reparam.Compression.Calibration;

/// <summary>A layer's options as a calibration file keeps them.</summary>
public sealed record CalibrationCoding
{
    /// <summary>Name of the method; null in a file of an earlier version, which leaves the layer's own.</summary>
    public string? Method { get; init; }

    /// <summary>Every option by name; null in a file of an earlier version, which has them beside the other members.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Options { get; init; }

    /// <summary>What stands beside these members: the options, in a file of an earlier version.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Further { get; set; }

    /// <summary>What a file keeps of some options.</summary>
    public static CalibrationCoding Of(MethodOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new CalibrationCoding
        {
            Method = options.Method.Name,
            Options = options.Pick(options.Method.Options.Members.Where(member => !member.IsOfPlan).Select(member => member.Name)),
        };
    }

    /// <summary>The options that a layer was coded with.</summary>
    /// <param name="asked">The options that the layer has now.</param>
    /// <exception cref="ArgumentException">They are another method's, or one is unknown or out of its range.</exception>
    public MethodOptions ToOptions(MethodOptions asked)
    {
        ArgumentNullException.ThrowIfNull(asked);
        return Method is null || string.Equals(Method, asked.Method.Name, StringComparison.OrdinalIgnoreCase)
            ? MethodOptions.Read(asked.Method, Options ?? (IEnumerable<KeyValuePair<string, JsonElement>>?)Further ?? [])
            : throw new ArgumentException($"it was coded by {Method}, and it is to be coded by {asked.Method}");
    }
}
