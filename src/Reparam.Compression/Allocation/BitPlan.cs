using System.Collections.Immutable;
using System.Text.Json;
using Reparam.Checkpoints;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Json;
using Reparam.Compression.Plans;

namespace Reparam.Compression.Allocation;

/// <summary>One coding for every layer, as it is printed, saved and used again. It holds no folders and no times.</summary>
public sealed record BitPlan
{
    /// <summary>The version that this library writes. It reads version 1 too, which has a layer's options beside its other members.</summary>
    public const int SupportedVersion = 2;

    private const int OldestVersion = 1;

    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n" };

    /// <summary>Version of the form.</summary>
    public required int Version { get; init; }

    /// <summary>What the plan had to keep to; no limit in one that was written by hand.</summary>
    public required AllocationBudget Budget { get; init; }

    /// <summary>What was summed: criterion, output or divergence; for a plan by error, error.</summary>
    public required string Cost { get; init; }

    /// <summary>True where one width for all layers measured better than the mixed plan and took its place.</summary>
    public bool Uniform { get; init; }

    /// <summary>Bytes of all layers, tables included.</summary>
    public required long Bytes { get; init; }

    /// <summary>Stored bits per coded weight.</summary>
    public required double BitsPerWeight { get; init; }

    /// <summary>The layers, in the order of the model.</summary>
    public required ImmutableArray<BitPlanLayer> Layers { get; init; }

    /// <summary>Reads a saved plan.</summary>
    /// <exception cref="CompressionException">RPB0133: the file cannot be read or is no plan of a known version.</exception>
    public static BitPlan Read(string path)
    {
        try
        {
            var plan = StrictJson.Read(InputFile.ReadJson(path), AllocationJson.Default.BitPlan, OldestVersion, SupportedVersion);
            if (plan.Budget != new AllocationBudget())
            {
                plan.Budget.Validate();
            }

            var twice = plan.Layers.CountBy(layer => layer.Tensor).FirstOrDefault(layer => layer.Value > 1).Key;
            return twice is null ? plan : throw new JsonException($"'{twice}' is there twice");
        }
        catch (CheckpointException exception)
        {
            throw new CompressionException(path, CompressionDiagnostics.UnusableBitPlan.With(exception.Detail));
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or NotSupportedException)
        {
            throw new CompressionException(path, CompressionDiagnostics.UnusableBitPlan.With(exception.Message));
        }
    }

    /// <summary>Saves the plan: under a temporary name beside its place, then renamed.</summary>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public void Write(string path) => AtomicFile.Write(path, stream =>
    {
        using (var json = new Utf8JsonWriter(stream, Indented))
        {
            Write(json);
        }

        stream.WriteByte((byte)'\n');
    });

    /// <summary>Writes the JSON object.</summary>
    public void Write(Utf8JsonWriter json) => JsonSerializer.Serialize(json, this, AllocationJson.Default.BitPlan);

    /// <summary>Gives layers the options of the plan; all else stays. A fixed layer stays as it is.</summary>
    /// <param name="layers">The layers to code.</param>
    /// <param name="path">File of the plan, for messages.</param>
    /// <exception cref="CompressionException">RPB0133: the plan's layers are not those to code, or a value is out of range.</exception>
    public ImmutableArray<LayerPlan> Apply(ImmutableArray<LayerPlan> layers, string path)
    {
        var planned = Layers.ToDictionary(layer => layer.Tensor, StringComparer.Ordinal);
        var problems = layers.Where(layer => !planned.ContainsKey(layer.Tensor)).Select(layer => $"it lacks '{layer.Tensor}', which is to be coded")
            .Concat(planned.Keys.Except(layers.Select(layer => layer.Tensor)).Select(tensor => $"'{tensor}' is in it and not to be coded"))
            .Select(text => CompressionDiagnostics.UnusableBitPlan.With(text))
            .ToArray();
        if (problems.Length > 0)
        {
            throw new CompressionException(path, [.. problems]);
        }

        try
        {
            return [.. layers.Select(layer => layer.Fixed ? layer : layer with
            {
                Options = planned[layer.Tensor].Apply(layer.Options),
                Asked = layer.Asked ?? layer.Options,
            })];
        }
        catch (ArgumentException exception)
        {
            throw new CompressionException(path, CompressionDiagnostics.UnusableBitPlan.With(exception.Message));
        }
    }
}
