using System.Collections.Immutable;
using System.Text.Json;

namespace Reparam.Checkpoints.Packed;

/// <summary>The checked metadata of a packed file.</summary>
internal sealed record PackedMetadata(ImmutableSortedDictionary<string, PackedLayerSpec> Layers, ImmutableArray<PackedCanary> Canaries)
{
    private static readonly string[] Suffixes = [PackedFormat.CodesSuffix, PackedFormat.ScalesSuffix, PackedFormat.TermsSuffix];

    /// <summary>Reads the metadata and holds it against the tensors; everything that is wrong is listed in one exception.</summary>
    public static PackedMetadata Read(ICheckpoint checkpoint)
    {
        RequireVersion(checkpoint);
        var problems = new List<string>();
        var layers = ReadLayers(checkpoint, problems);
        foreach (var (name, spec) in layers)
        {
            CheckParts(checkpoint, name, spec, problems);
        }

        CheckOrphans(checkpoint, layers, problems);
        var canaries = ReadCanaries(checkpoint, layers, problems);
        if (problems.Count > 0)
        {
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
        // The method first: another one may have members that this version does not know.
        if (layer.Value.ValueKind == JsonValueKind.Object &&
            layer.Value.TryGetProperty("method", out var method) && method.ValueKind == JsonValueKind.String &&
            !PackedFormat.Methods.Contains(method.GetString()!))
        {
            problems.Add(
                $"layer '{layer.Name}': found method '{method.GetString()}', expected one that this version knows: {string.Join(", ", PackedFormat.Methods)}");
            return null;
        }

        try
        {
            var spec = layer.Value.Deserialize(PackedJson.Default.PackedLayerSpec) ?? throw new JsonException("found null, expected an object");
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

    private static void CheckParts(ICheckpoint checkpoint, string name, PackedLayerSpec spec, List<string> problems)
    {
        foreach (var (suffix, dtype, shape) in spec.Parts)
        {
            var expected = $"{dtype.FormatName()} [{string.Join(", ", shape)}]";
            if (!checkpoint.Contains(name + suffix))
            {
                problems.Add($"missing '{name + suffix}', expected {expected}");
                continue;
            }

            var found = checkpoint.Info(name + suffix);
            if (found.DType != dtype || !found.Shape.SequenceEqual(shape))
            {
                problems.Add($"'{name + suffix}': found {found.Describe()}, expected {expected}");
            }
        }

        if (checkpoint.Contains(name))
        {
            problems.Add($"unexpected '{name}': the weight is coded and cannot be carried too");
        }

        foreach (var suffix in Suffixes.Except(spec.Parts.Select(part => part.Suffix)).Where(suffix => checkpoint.Contains(name + suffix)))
        {
            problems.Add($"unexpected '{name + suffix}': a layer with scaleTerms {spec.ScaleTerms} has no such part");
        }
    }

    /// <summary>Sign planes that no layer lists: a carried tensor of that name, type and rank would be a strange accident.</summary>
    private static void CheckOrphans(ICheckpoint checkpoint, ImmutableSortedDictionary<string, PackedLayerSpec> layers, List<string> problems)
    {
        if (problems.Count > 0)
        {
            // A layer that is not understood leaves its parts behind; it has been reported.
            return;
        }

        foreach (var name in checkpoint.Names.Where(name => name.EndsWith(PackedFormat.CodesSuffix, StringComparison.Ordinal)))
        {
            var info = checkpoint.Info(name);
            if (info.DType == DType.U32 && info.Shape.Length == 3 && !layers.ContainsKey(name[..^PackedFormat.CodesSuffix.Length]))
            {
                problems.Add($"unexpected '{name}': '{PackedFormat.LayersKey}' lists no such layer");
            }
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
            foreach (var canary in canaries)
            {
                if (!layers.TryGetValue(canary.Tensor, out var spec))
                {
                    // Only worth a line when the layer itself was not refused.
                    if (problems.Count == 0)
                    {
                        problems.Add($"'{PackedFormat.CanaryKey}' names '{canary.Tensor}', which is no coded layer");
                    }
                }
                else if (canary.Outputs.IsDefault || canary.Magnitudes.IsDefault ||
                    canary.Outputs.Length != Math.Min(PackedCanary.MaxOutputs, spec.Rows) || canary.Magnitudes.Length != canary.Outputs.Length)
                {
                    problems.Add(
                        $"'{PackedFormat.CanaryKey}' of '{canary.Tensor}': expected {Math.Min(PackedCanary.MaxOutputs, spec.Rows)} outputs and magnitudes");
                }
            }

            return [.. canaries];
        }
        catch (JsonException exception)
        {
            problems.Add($"'{PackedFormat.CanaryKey}' is not a JSON list of check values: {exception.Message}");
            return [];
        }
    }
}
