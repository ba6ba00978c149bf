using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text.Json;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Compression.Calibration;

/// <summary>Collects second moments and writes them as a calibration file. The bytes depend on the content alone, not on the order of the calls.</summary>
public sealed class CalibrationWriter
{
    private readonly List<Shared> grams = [];
    private readonly SortedDictionary<string, Shared> byWeight = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, ReadOnlyMemory<float>> targets = new(StringComparer.Ordinal);

    /// <summary><see cref="WeightHash"/> of the weights that the inputs were recorded with; null if not known.</summary>
    public string? SourceHash { get; set; }

    /// <summary>JSON to keep under <see cref="CalibrationFormat.SensitivityKey"/>; null for none.</summary>
    public string? Sensitivity { get; set; }

    /// <summary>JSON to keep under <see cref="CalibrationFormat.SettingsKey"/>; null for none.</summary>
    public string? Settings { get; set; }

    /// <summary>All that a file holds, to be added to and written again. The file must stay open until then.</summary>
    public static CalibrationWriter Of(CalibrationFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var writer = new CalibrationWriter { SourceHash = file.SourceHash, Sensitivity = file.Sensitivity, Settings = file.Settings };
        foreach (var sharing in file.Layers.GroupBy(layer => (layer.Value.Gram, layer.Value.Tokens)))
        {
            var first = sharing.First().Key;
            writer.Add([.. sharing.Select(layer => layer.Key)], file.ColumnsOf(first), sharing.Key.Tokens, () => file.ReadGram(first).Values);
        }

        foreach (var (weight, layer) in file.Layers.Where(layer => layer.Value.Target is not null))
        {
            writer.AddTarget(weight, file.ReadTarget(weight));
        }

        return writer;
    }

    /// <summary>Adds second moments that are at hand.</summary>
    /// <param name="weights">Weights of all layers with this input.</param>
    /// <param name="gram">Finite.</param>
    /// <exception cref="ArgumentException">No weight, or one that was added before.</exception>
    public void Add(ImmutableArray<string> weights, Gram gram)
    {
        ArgumentNullException.ThrowIfNull(gram);
        Add(weights, gram.Columns, gram.Tokens, () => gram.Values);
    }

    /// <summary>Adds second moments that are computed when the file is written.</summary>
    /// <param name="weights">Weights of all layers with this input.</param>
    /// <param name="columns">Inputs of the layers; at least 1.</param>
    /// <param name="tokens">Input vectors seen; at least 1.</param>
    /// <param name="values">Gives [columns, columns], the same each time.</param>
    /// <exception cref="ArgumentException">No weight, one that was added before, or a number out of range.</exception>
    public void Add(ImmutableArray<string> weights, int columns, long tokens, Func<ReadOnlyMemory<float>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(tokens, 1);
        if (weights.IsDefaultOrEmpty || weights.Distinct().Count() != weights.Length || weights.FirstOrDefault(byWeight.ContainsKey) is not null)
        {
            throw new ArgumentException("expected one or more weights, each once", nameof(weights));
        }

        var shared = new Shared($"{weights.Min(StringComparer.Ordinal)}.gram", columns, tokens, values);
        grams.Add(shared);
        foreach (var weight in weights)
        {
            byWeight.Add(weight, shared);
        }
    }

    /// <summary>Gives a layer weights to be coded in place of its own.</summary>
    /// <param name="weight">A weight that was added.</param>
    /// <param name="target">[rows, columns], finite.</param>
    /// <exception cref="ArgumentException">No such weight, one that has a target, or not whole rows.</exception>
    public void AddTarget(string weight, ReadOnlyMemory<float> target)
    {
        if (!byWeight.TryGetValue(weight, out var shared) || target.IsEmpty || target.Length % shared.Columns != 0 || !targets.TryAdd(weight, target))
        {
            throw new ArgumentException(
                $"expected whole rows of a weight that was added and has no target yet; '{weight}' with {target.Length} values", nameof(weight));
        }
    }

    /// <summary>Writes the file: under a temporary name beside its place, then renamed. Nothing is left behind on failure.</summary>
    /// <param name="path">The destination; its folder must exist.</param>
    /// <param name="cancellation">Ends the write; the destination is as it was.</param>
    /// <exception cref="InvalidOperationException">No layer was added.</exception>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public void Write(string path, CancellationToken cancellation = default)
    {
        if (byWeight.Count == 0)
        {
            throw new InvalidOperationException("a calibration without a layer is not written");
        }

        var writer = new SafetensorsWriter();
        foreach (var shared in grams)
        {
            writer.Add(shared.Tensor, DType.F32, [shared.Columns, shared.Columns], (destination, _) => Write(destination, shared.Values().Span));
        }

        foreach (var (weight, target) in targets)
        {
            var columns = byWeight[weight].Columns;
            writer.Add<float>(TargetName(weight), [target.Length / columns, columns], target);
        }

        var layers = new SortedDictionary<string, CalibrationLayer>(StringComparer.Ordinal);
        foreach (var (weight, shared) in byWeight)
        {
            layers.Add(weight, new CalibrationLayer
            {
                Gram = shared.Tensor,
                Tokens = shared.Tokens,
                Target = targets.ContainsKey(weight) ? TargetName(weight) : null,
            });
        }

        writer.SetMetadata(CalibrationFormat.VersionKey, CalibrationFormat.Version);
        writer.SetMetadata(CalibrationFormat.LayersKey, JsonSerializer.Serialize(layers, CalibrationJson.Default.SortedDictionaryStringCalibrationLayer));
        SetOptional(writer, CalibrationFormat.SourceKey, SourceHash);
        SetOptional(writer, CalibrationFormat.SensitivityKey, Sensitivity);
        SetOptional(writer, CalibrationFormat.SettingsKey, Settings);
        writer.Write(path, cancellation);
    }

    private static string TargetName(string weight) => $"{weight}.target";

    private static void SetOptional(SafetensorsWriter writer, string key, string? value)
    {
        if (value is not null)
        {
            writer.SetMetadata(key, value);
        }
    }

    private static void Write(Stream destination, ReadOnlySpan<float> values)
    {
        const int Part = 1 << 20;
        for (; !values.IsEmpty; values = values[Math.Min(Part, values.Length)..])
        {
            destination.Write(MemoryMarshal.AsBytes(values[..Math.Min(Part, values.Length)]));
        }
    }

    /// <summary>Second moments of the layers that share an input.</summary>
    private sealed record Shared(string Tensor, int Columns, long Tokens, Func<ReadOnlyMemory<float>> Values);
}
