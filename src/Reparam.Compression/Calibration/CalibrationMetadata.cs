using System.Text.Json;
using Reparam.Checkpoints;
using Reparam.Compression.Json;

namespace Reparam.Compression.Calibration;

/// <summary>The checked list of a calibration file's layers.</summary>
internal static class CalibrationMetadata
{
    private const int MaxProblems = 20;

    /// <summary>Whether a file says that it is a calibration file of ours; otherwise it may hold raw inputs.</summary>
    public static bool IsIn(ICheckpoint file) => file.Metadata.ContainsKey(CalibrationFormat.VersionKey);

    /// <summary>Reads the layers of a calibration file, or finds those of a file with raw inputs.</summary>
    /// <exception cref="CheckpointException">What is wrong, all in one.</exception>
    public static SortedDictionary<string, CalibrationLayer> Read(ICheckpoint file)
    {
        var problems = new List<string>();
        var layers = IsIn(file) ? Parse(file) : FindInputs(file, problems);
        foreach (var (weight, layer) in layers)
        {
            if (IsIn(file))
            {
                CheckGram(file, weight, layer, problems);
            }
        }

        return problems.Count == 0
            ? layers
            : throw Refuse(file, (problems.Count == 1 ? "" : $"{problems.Count} problems: ") + string.Join("; ", problems.Take(MaxProblems)));
    }

    private static SortedDictionary<string, CalibrationLayer> Parse(ICheckpoint file)
    {
        var version = file.Metadata[CalibrationFormat.VersionKey];
        if (version != CalibrationFormat.Version)
        {
            throw Refuse(file, $"found calibration format version '{version}', expected '{CalibrationFormat.Version}', the one that this version reads");
        }

        if (!file.Metadata.TryGetValue(CalibrationFormat.LayersKey, out var json))
        {
            throw Refuse(file, $"found no metadata entry '{CalibrationFormat.LayersKey}'");
        }

        try
        {
            var layers = StrictJson.Read(json, CalibrationJson.Default.SortedDictionaryStringCalibrationLayer);
            return layers.Count > 0
                ? new SortedDictionary<string, CalibrationLayer>(layers, StringComparer.Ordinal)
                : throw Refuse(file, $"found no layer in '{CalibrationFormat.LayersKey}', expected one at least");
        }
        catch (JsonException exception)
        {
            throw new CheckpointException(
                file.Path, null, CheckpointRule.Calibration, $"'{CalibrationFormat.LayersKey}' is not a JSON object of layers: {exception.Message}", exception);
        }
    }

    private static void CheckGram(ICheckpoint file, string weight, CalibrationLayer layer, List<string> problems)
    {
        if (layer.Tokens < 1)
        {
            problems.Add($"layer '{weight}': found {layer.Tokens} tokens, expected at least 1");
        }

        if (Info(file, layer.Gram) is not { } gram || gram.Shape.Length != 2 || gram.Shape[0] != gram.Shape[1])
        {
            problems.Add($"layer '{weight}', gram '{layer.Gram}': found {Describe(file, layer.Gram)}, expected F32 [columns, columns]");
        }
        else if (layer.Target is { } target && (Info(file, target) is not { Shape.Length: 2 } info || info.Shape[1] != gram.Shape[1]))
        {
            problems.Add($"layer '{weight}', target '{target}': found {Describe(file, target)}, expected F32 [rows, {gram.Shape[1]}]");
        }
    }

    private static SortedDictionary<string, CalibrationLayer> FindInputs(ICheckpoint file, List<string> problems)
    {
        var layers = new SortedDictionary<string, CalibrationLayer>(StringComparer.Ordinal);
        foreach (var name in file.Names.Where(name => name.EndsWith(CalibrationFormat.InputsSuffix, StringComparison.Ordinal)))
        {
            if (Info(file, name) is not { ElementCount: > 0 } info || info.Shape.IsEmpty)
            {
                problems.Add($"'{name}': found {Describe(file, name)}, expected inputs F32, F16, BF16 or F64 [tokens, columns]");
            }
            else
            {
                layers.Add(name[..^CalibrationFormat.InputsSuffix.Length], new CalibrationLayer { Gram = name, Tokens = info.ElementCount / info.Shape[^1] });
            }
        }

        if (layers.Count == 0 && problems.Count == 0)
        {
            problems.Add(
                $"found neither the metadata entry '{CalibrationFormat.VersionKey}' of a calibration file nor raw inputs "
                    + $"'<weight>{CalibrationFormat.InputsSuffix}'");
        }

        return layers;
    }

    // A tensor of floating type; null if there is none of the name.
    private static TensorInfo? Info(ICheckpoint file, string name) =>
        file.Contains(name) && file.Info(name) is { } info && CheckpointCompressor.CanCode(info.DType) ? info : null;

    private static string Describe(ICheckpoint file, string name) => file.Contains(name) ? file.Info(name).Describe() : "no such tensor";

    private static CheckpointException Refuse(ICheckpoint file, string detail) => new(file.Path, null, CheckpointRule.Calibration, detail);
}
