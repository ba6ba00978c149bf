using System.Text.Json;
using Reparam.Compression.ShiftAdd;

namespace Reparam.Compression.Plans;

/// <summary>Reads an annotation's options; what it does not write has the attribute's default.</summary>
internal static class OptionReader
{
    /// <summary>Reads the options of shiftadd.</summary>
    /// <param name="written">The options of the manifest.</param>
    /// <param name="bits">Overrides the width; null leaves it.</param>
    /// <exception cref="ArgumentException">An option is unknown, no integer, or out of its range; or the width is missing.</exception>
    public static ShiftAddOptions ShiftAdd(IReadOnlyDictionary<string, JsonElement> written, int? bits)
    {
        if (bits is null && !written.ContainsKey("bits"))
        {
            throw new ArgumentException("bits is missing");
        }

        var options = new ShiftAddOptions { Bits = 0 };
        foreach (var (name, value) in written)
        {
            options = name switch
            {
                "bits" => options with { Bits = Integer(name, value) },
                "groupSize" => options with { GroupSize = Integer(name, value) },
                "scaleTerms" => options with { ScaleTerms = Integer(name, value) },
                "rounds" => options with { Rounds = Integer(name, value) },
                _ => throw new ArgumentException($"shiftadd has no option '{name}'; it has bits, groupSize, scaleTerms and rounds"),
            };
        }

        options = bits is { } width ? options with { Bits = width } : options;
        options.Validate();
        return options;
    }

    private static int Integer(string name, JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
        ? number
        : throw new ArgumentException($"{name} is {value.GetRawText()}; it is an integer");
}
