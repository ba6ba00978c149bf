using System.Collections.Immutable;
using System.Text.Json;

namespace Reparam.Checkpoints.Packed;

/// <summary>The checked metadata of a packed file.</summary>
internal sealed record PackedMetadata(ImmutableSortedDictionary<string, PackedLayerSpec> Layers, ImmutableArray<PackedCanary> Canaries)
{
    /// <summary>Reads the metadata and holds it against the tensors; everything that is wrong is listed in one exception.</summary>
    public static PackedMetadata Read(ICheckpoint checkpoint)
    {
        RequireVersion(checkpoint);
        var problems = new List<string>();
        var layers = ReadLayers(checkpoint, problems);
        foreach (var (name, spec) in layers)
        {
            CheckParts(checkpoint, layers, name, spec, problems);
        }

        CheckOrphans(checkpoint, layers, problems);
        var canaries = ReadCanaries(checkpoint, layers, problems);
        if (problems.Count > 0)
        {
            // Layers that share a table have its faults in common.
            problems = [.. problems.Distinct()];
            var count = problems.Count == 1 ? "" : $"{problems.Count} problems: ";
            throw new CheckpointException(checkpoint.Path, null, CheckpointRule.Packed, count + string.Join("; ", problems));
        }

        return new PackedMetadata(layers, canaries);
    }

    private static void RequireVersion(ICheckpoint checkpoint)
    {
        if (!checkpoint.Metadata.TryGetValue(PackedFormat.FormatKey, out var version))
        {
            throw new CheckpointException(
                checkpoint.Path, null, CheckpointRule.Packed, $"found no metadata entry '{PackedFormat.FormatKey}', expected a packed file");
        }

        if (version != PackedFormat.Version)
        {
            throw new CheckpointException(
                checkpoint.Path, null, CheckpointRule.Packed,
                $"found packed format version '{version}', expected '{PackedFormat.Version}', the one that this version reads");
        }
    }

    private static ImmutableSortedDictionary<string, PackedLayerSpec> ReadLayers(ICheckpoint checkpoint, List<string> problems)
    {
        var layers = ImmutableSortedDictionary.CreateBuilder<string, PackedLayerSpec>(StringComparer.Ordinal);
        if (!checkpoint.Metadata.TryGetValue(PackedFormat.LayersKey, out var json))
        {
            problems.Add($"found no metadata entry '{PackedFormat.LayersKey}'");
            return layers.ToImmutable();
        }

        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            foreach (var layer in document.RootElement.EnumerateObject())
            {
                if (ReadSpec(layer, problems) is { } spec)
                {
                    layers.Add(layer.Name, spec);
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            problems.Add($"'{PackedFormat.LayersKey}' is not a JSON object of layers: {exception.Message}");
        }

        return layers.ToImmutable();
    }

    private static PackedLayerSpec? ReadSpec(JsonProperty layer, List<string> problems)
    {
        try
        {
            var spec = PackedLayersJson.Parse(layer.Value);
            if (spec.Problem() is not { } problem)
            {
                return spec;
            }

            problems.Add($"layer '{layer.Name}': {problem}");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            problems.Add($"layer '{layer.Name}': {exception.Message}");
        }

        return null;
    }

    private static void CheckParts(
        ICheckpoint checkpoint, ImmutableSortedDictionary<string, PackedLayerSpec> layers, string name, PackedLayerSpec spec, List<string> problems)
    {
        ImmutableArray<TensorInfo> parts;
        TensorInfo? table;
        try
        {
            (parts, table) = (spec.Parts(name), spec.TableInfo);
        }
        catch (Exception exception) when (exception is ArgumentException or OverflowException)
        {
            problems.Add($"layer '{name}': found shape [{string.Join(", ", spec.Shape)}], expected one whose parts have sizes that 63 bits hold");
            return;
        }

        foreach (var part in table is null ? parts : parts.Add(table))
        {
            if (!checkpoint.Contains(part.Name))
            {
                problems.Add($"missing '{part.Name}', expected {part.Describe()}");
            }
            else if (checkpoint.Info(part.Name).Describe() != part.Describe())
            {
                problems.Add($"'{part.Name}': found {checkpoint.Info(part.Name).Describe()}, expected {part.Describe()}");
            }
        }

        if (checkpoint.Contains(name))
        {
            problems.Add($"unexpected '{name}': the weight is coded and cannot be carried too");
        }

        var others = PackedFormat.Suffixes.Select(suffix => name + suffix).Except(parts.Select(part => part.Name)).Where(checkpoint.Contains);
        foreach (var other in others.Where(other => layers.Values.All(layer => layer.TableInfo?.Name != other)))
        {
            problems.Add($"unexpected '{other}': the layer '{name}' has no such part");
        }
    }

    /// <summary>Sign planes that no layer lists.</summary>
    private static void CheckOrphans(ICheckpoint checkpoint, ImmutableSortedDictionary<string, PackedLayerSpec> layers, List<string> problems)
    {
        if (problems.Count > 0)
        {
            // A layer that is not understood leaves its parts behind; it has been reported.
            return;
        }

        foreach (var name in checkpoint.Names.Where(name => PackedNames.AreLostPlanes(checkpoint, name) && !layers.ContainsKey(name[..^PackedFormat.CodesSuffix.Length])))
        {
            problems.Add($"unexpected '{name}': '{PackedFormat.LayersKey}' lists no such layer");
        }
    }

    private static ImmutableArray<PackedCanary> ReadCanaries(
        ICheckpoint checkpoint, ImmutableSortedDictionary<string, PackedLayerSpec> layers, List<string> problems)
    {
        if (!checkpoint.Metadata.TryGetValue(PackedFormat.CanaryKey, out var json))
        {
            problems.Add($"found no metadata entry '{PackedFormat.CanaryKey}'");
            return [];
        }

        try
        {
            var canaries = JsonSerializer.Deserialize(json, PackedJson.Default.PackedCanaryArray) ?? throw new JsonException("found null, expected a list");
            if (Array.IndexOf(canaries, null) is >= 0 and var place)
            {
                throw new JsonException($"found null at place {place}, expected check values");
            }

            // Of what follows nothing is worth a line where a layer itself was refused.
            if (problems.Count == 0)
            {
                problems.AddRange(canaries.Select(canary => ProblemOf(canary, layers)).OfType<string>());
                problems.AddRange(Unchecked(canaries, layers));
            }

            return [.. canaries];
        }
        catch (JsonException exception)
        {
            problems.Add($"'{PackedFormat.CanaryKey}' is not a JSON list of check values: {exception.Message}");
            return [];
        }
    }

    private static string? ProblemOf(PackedCanary canary, ImmutableSortedDictionary<string, PackedLayerSpec> layers)
    {
        if (!layers.TryGetValue(canary.Tensor, out var spec))
        {
            return $"'{PackedFormat.CanaryKey}' names '{canary.Tensor}', which is no coded layer";
        }

        var count = Math.Min(PackedCanary.MaxOutputs, spec.Rows);
        if (canary.Outputs.IsDefault || canary.Magnitudes.IsDefault || canary.Outputs.Length != count || canary.Magnitudes.Length != count)
        {
            return $"'{PackedFormat.CanaryKey}' of '{canary.Tensor}': expected {count} outputs and magnitudes";
        }

        return canary.Outputs.All(double.IsFinite) && canary.Magnitudes.All(magnitude => double.IsFinite(magnitude) && magnitude >= 0)
            ? null
            : $"'{PackedFormat.CanaryKey}' of '{canary.Tensor}': expected finite outputs, and finite magnitudes from 0 up";
    }

    /// <summary>Layers without check values. A file of an older writer has them for one layer of each kind of stored form.</summary>
    private static IEnumerable<string> Unchecked(PackedCanary[] canaries, ImmutableSortedDictionary<string, PackedLayerSpec> layers)
    {
        var kinds = canaries.Select(canary => layers.GetValueOrDefault(canary.Tensor)?.Kind).ToHashSet();
        return layers.Where(layer => !kinds.Contains(layer.Value.Kind)).DistinctBy(layer => layer.Value.Kind)
            .Select(layer => $"'{PackedFormat.CanaryKey}' has check values neither for '{layer.Key}' nor for another layer of its kind");
    }
}
