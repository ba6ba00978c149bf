using System.Text.Json;
using Reparam.Checkpoints;
using Reparam.Compression.Calibration;
using Reparam.Compression.Json;
using Reparam.Compression.Methods;

namespace Reparam.Compression.Allocation;

/// <summary>
/// How much the whole model's output divergence rises (nats per token) when one layer alone is coded, by weight and coding: the metadata entry
/// <see cref="CalibrationFormat.SensitivityKey"/> of a calibration file, <c>{ "W": [ { "method": "m", "options": { "bits": 3 }, "cost": 0.0123 } ] }</c>.
/// </summary>
public sealed class Sensitivities
{
    private readonly SortedDictionary<string, Sensitivity[]> layers;

    private Sensitivities(SortedDictionary<string, Sensitivity[]> layers) => this.layers = layers;

    /// <summary>Reads the entry.</summary>
    /// <param name="json">The text.</param>
    /// <param name="file">The file that it stands in, for messages.</param>
    /// <exception cref="CheckpointException">It is no such object, or a number is not in its range.</exception>
    public static Sensitivities Parse(string json, string file)
    {
        try
        {
            var layers = StrictJson.Read(json, AllocationJson.Default.SortedDictionaryStringSensitivityArray);
            foreach (var (tensor, codings) in layers)
            {
                foreach (var coding in codings)
                {
                    Check(tensor, coding);
                }
            }

            return new Sensitivities(new SortedDictionary<string, Sensitivity[]>(layers, StringComparer.Ordinal));
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            throw new CheckpointException(
                file, null, CheckpointRule.Calibration, $"'{CalibrationFormat.SensitivityKey}' is not a JSON object of costs: {exception.Message}", exception);
        }
    }

    /// <summary>The entry of measured costs: the same costs give the same text.</summary>
    public static string Format(IReadOnlyDictionary<string, IReadOnlyList<Sensitivity>> costs)
    {
        ArgumentNullException.ThrowIfNull(costs);
        var layers = new SortedDictionary<string, Sensitivity[]>(StringComparer.Ordinal);
        foreach (var (tensor, codings) in costs)
        {
            layers.Add(tensor, [.. codings]);
            Array.ForEach(layers[tensor], coding => Check(tensor, coding));
        }

        return JsonSerializer.Serialize(layers, AllocationJson.Default.SortedDictionaryStringSensitivityArray);
    }

    /// <summary>The cost of a coding; null if it was not measured.</summary>
    public double? Find(string tensor, MethodOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return layers.TryGetValue(tensor, out var codings) ? codings.FirstOrDefault(coding => coding.IsOf(options))?.Cost : null;
    }

    // Of a method that is not registered here nothing is known; what was measured of it is left alone.
    private static void Check(string tensor, Sensitivity coding)
    {
        if (!double.IsFinite(coding.Cost))
        {
            throw new ArgumentException($"'{tensor}' has a cost of {coding.Cost}; a finite one is expected");
        }

        if (coding.Options is null && coding.Further is null)
        {
            throw new ArgumentException($"'{tensor}' has a cost without options of a coding");
        }

        ArgumentException? refusal = null;
        foreach (var method in PostTrainingMethods.All.Where(method => coding.Method is null || coding.Method == method.Name))
        {
            try
            {
                foreach (var (option, value) in coding.Chosen)
                {
                    method.Options.Get(option).Read(value);
                }

                return;
            }
            catch (ArgumentException exception)
            {
                refusal ??= exception;
            }
        }

        if (refusal is not null)
        {
            throw new ArgumentException($"'{tensor}': {refusal.Message}", refusal);
        }
    }
}
