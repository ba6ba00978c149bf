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
        if (!checkpoint.Metadata.TryGetValue(PackedKeys.FormatKey, out var version))
        {
            throw new CheckpointException(
                checkpoint.Path, null, CheckpointRule.Packed, $"found no metadata entry '{PackedKeys.FormatKey}', expected a packed file");
        }

        if (version != PackedKeys.Version)
        {
            throw new CheckpointException(
                checkpoint.Path, null, CheckpointRule.Packed,
                $"found packed format version '{version}', expected '{PackedKeys.Version}', the one that this version reads");
        }
    }

    private static ImmutableSortedDictionary<string, PackedLayerSpec> ReadLayers(ICheckpoint checkpoint, List<string> problems)
    {
        var layers = ImmutableSortedDictionary.CreateBuilder<string, PackedLayerSpec>(StringComparer.Ordinal);
        if (!checkpoint.Metadata.TryGetValue(PackedKeys.LayersKey, out var json))
        {
            problems.Add($"found no metadata entry '{PackedKeys.LayersKey}'");
            return layers.ToImmutable();
        }

        var unknown = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            foreach (var layer in document.RootElement.EnumerateObject())
            {
                if (ReadSpec(layer, unknown, problems) is { } spec)
                {
                    layers.Add(layer.Name, spec);
                }
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            problems.Add($"'{PackedKeys.LayersKey}' is not a JSON object of layers: {exception.Message}");
        }

        problems.AddRange(unknown.Select(format => ProblemOfUnknown(format.Key, format.Value)));
        return layers.ToImmutable();
    }

    /// <summary>A format that is not registered, told once for all its layers.</summary>
    private static string ProblemOfUnknown(string format, List<string> layers)
    {
        var where = layers.Count == 1 ? $"layer '{layers[0]}'" : $"layer '{layers[0]}' and {layers.Count - 1} more";
        return $"{where}: found layout '{Printable.Of(format)}', expected one that is registered: {string.Join(", ", PackedFormats.All)}. " +
            "A format of another library is registered with PackedFormats.Register before a file is opened; commands take the library by --extension FILE.dll";
    }

    private static PackedLayerSpec? ReadSpec(JsonProperty layer, SortedDictionary<string, List<string>> unknown, List<string> problems)
    {
        try
        {
            var spec = PackedLayersJson.Parse(layer.Name, layer.Value, out var format);
            if (spec is null)
            {
                unknown.TryAdd(format!, []);
                unknown[format!].Add(layer.Name);
                return null;
            }

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
            problems.Add($"unexpected '{name}': the weight is coded and cannot be copied too");
        }

        // Not the suffixes of every registered format: what a file may hold does not depend on the program that reads it.
        var others = PackedFormats.BuiltInSuffixes.Union(spec.Format.Suffixes).Select(suffix => name + suffix).Except(parts.Select(part => part.Name))
            .Where(checkpoint.Contains);
        foreach (var other in others.Where(other => layers.Values.All(layer => layer.TableInfo?.Name != other)))
        {
            problems.Add($"unexpected '{other}': the layer '{name}' has no such part");
        }
    }

    /// <summary>Parts of weights that no layer lists.</summary>
    private static void CheckOrphans(ICheckpoint checkpoint, ImmutableSortedDictionary<string, PackedLayerSpec> layers, List<string> problems)
    {
        if (problems.Count > 0)
        {
            // A layer that is not understood leaves its parts behind; it has been reported.
            return;
        }

        foreach (var name in checkpoint.Names.Where(name => PackedNames.LostWeight(checkpoint, name) is { } weight && !layers.ContainsKey(weight)))
        {
            problems.Add($"unexpected '{name}': '{PackedKeys.LayersKey}' lists no such layer");
        }
    }

    private static ImmutableArray<PackedCanary> ReadCanaries(
        ICheckpoint checkpoint, ImmutableSortedDictionary<string, PackedLayerSpec> layers, List<string> problems)
    {
        if (!checkpoint.Metadata.TryGetValue(PackedKeys.CanaryKey, out var json))
        {
            problems.Add($"found no metadata entry '{PackedKeys.CanaryKey}'");
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
            problems.Add($"'{PackedKeys.CanaryKey}' is not a JSON list of check values: {exception.Message}");
            return [];
        }
    }

    private static string? ProblemOf(PackedCanary canary, ImmutableSortedDictionary<string, PackedLayerSpec> layers)
    {
        if (!layers.TryGetValue(canary.Tensor, out var spec))
        {
            return $"'{PackedKeys.CanaryKey}' names '{canary.Tensor}', which is no coded layer";
        }

        var count = Math.Min(PackedCanary.MaxOutputs, spec.Rows);
        if (canary.Outputs.IsDefault || canary.Magnitudes.IsDefault || canary.Outputs.Length != count || canary.Magnitudes.Length != count)
        {
            return $"'{PackedKeys.CanaryKey}' of '{canary.Tensor}': expected {count} outputs and magnitudes";
        }

        return canary.Outputs.All(double.IsFinite) && canary.Magnitudes.All(magnitude => double.IsFinite(magnitude) && magnitude >= 0)
            ? null
            : $"'{PackedKeys.CanaryKey}' of '{canary.Tensor}': expected finite outputs, and finite magnitudes from 0 up";
    }

    /// <summary>Layers without check values. A file of an older writer has them for one layer of each kind of stored form.</summary>
    private static IEnumerable<string> Unchecked(PackedCanary[] canaries, ImmutableSortedDictionary<string, PackedLayerSpec> layers)
    {
        var kinds = canaries.Select(canary => layers.GetValueOrDefault(canary.Tensor)?.Kind).ToHashSet();
        return layers.Where(layer => !kinds.Contains(layer.Value.Kind)).DistinctBy(layer => layer.Value.Kind)
            .Select(layer => $"'{PackedKeys.CanaryKey}' has check values neither for '{layer.Key}' nor for another layer of its kind");
    }
}
