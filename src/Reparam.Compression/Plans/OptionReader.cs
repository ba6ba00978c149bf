using System.Text.Json;
using Reparam.Compression.ShiftAdd;

namespace Reparam.Compression.Plans;

/// <summary>Reads an annotation's options; what it does not write has the attribute's default.</summary>
internal static class OptionReader
{
    /// <summary>Reads the options of shiftadd for one weight.</summary>
    /// <param name="tensor">Name of the weight.</param>
    /// <param name="written">The options of the manifest.</param>
    /// <param name="plan">What the build overrides: width, layout, quality, seed.</param>
    /// <exception cref="ArgumentException">An option is unknown, of another type, or out of its range; or the width is missing.</exception>
    public static LayerPlan ShiftAdd(string tensor, IReadOnlyDictionary<string, JsonElement> written, BuildPlan plan)
    {
        if (plan.Bits is null && !written.ContainsKey("bits"))
        {
            throw new ArgumentException("bits is missing");
        }

        var isGrouped = written.Keys.Any(name => name is "groupSize" or "scaleTerms" or "rounds");
        var options = new ShiftAddOptions { Bits = 0, Layout = ShiftAddOptions.DefaultLayout(isGrouped), Seed = plan.Seed };
        var isFixed = false;
        foreach (var (name, value) in written)
        {
            options = name switch
            {
                "bits" => options with { Bits = Integer(name, value) },
                "layout" => options with { Layout = ShiftAddNames.ParseLayout(Text(name, value)) },
                "fixed" => options,
                "groupSize" => options with { GroupSize = Integer(name, value) },
                "scaleTerms" => options with { ScaleTerms = Integer(name, value) },
                "rounds" => options with { Rounds = Integer(name, value) },
                _ => throw new ArgumentException($"shiftadd has no option '{name}'; it has bits, layout, fixed, groupSize, scaleTerms and rounds"),
            };
            isFixed |= name == "fixed" && Truth(name, value);
        }

        options = options with
        {
            Bits = plan.Bits ?? options.Bits,
            Layout = plan.Layout is null ? options.Layout : ShiftAddNames.ParseLayout(plan.Layout),
            Quality = plan.Quality is null ? options.Quality : ShiftAddNames.ParseQuality(plan.Quality),
        };
        options.Validate();
        return new LayerPlan(tensor, options, isFixed);
    }

    private static int Integer(string name, JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
        ? number
        : throw new ArgumentException($"{name} is {value.GetRawText()}; it is an integer");

    private static string Text(string name, JsonElement value) => value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw new ArgumentException($"{name} is {value.GetRawText()}; it is a name in quotes");

    private static bool Truth(string name, JsonElement value) => value.ValueKind is JsonValueKind.True or JsonValueKind.False
        ? value.GetBoolean()
        : throw new ArgumentException($"{name} is {value.GetRawText()}; it is true or false");
}
