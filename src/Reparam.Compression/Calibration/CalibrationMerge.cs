using System.Collections.Immutable;
using Reparam.Checkpoints;

namespace Reparam.Compression.Calibration;

/// <summary>Several recordings of one model become one: H = Σ nᵢ·Hᵢ / Σ nᵢ for each layer, nᵢ the tokens of the i-th.</summary>
public static class CalibrationMerge
{
    /// <summary>Prepares the merged file. Layers that share an input in every recording share one in the result.</summary>
    /// <param name="files">One or more, which must stay open until the result is written. Raw inputs are turned into second moments.</param>
    /// <param name="anySource">Merges recordings of different weights too; the result then names no source.</param>
    /// <returns>
    /// What to write. Sensitivities and settings are kept where the files do not contradict each other, and left out otherwise.
    /// </returns>
    /// <exception cref="CheckpointException">Different weights were recorded, a layer has inputs of different width, or a file holds targets.</exception>
    public static CalibrationWriter Merge(IReadOnlyList<CalibrationFile> files, bool anySource = false)
    {
        ArgumentNullException.ThrowIfNull(files);
        var sources = files.Where(file => file.SourceHash is not null).ToArray();
        if (!anySource && sources.FirstOrDefault(file => file.SourceHash != sources[0].SourceHash) is { } other)
        {
            throw Refuse(other, $"found a recording of other weights than those of '{sources[0].Path}', expected the same weights");
        }

        var writer = new CalibrationWriter
        {
            SourceHash = Agreed(files, file => file.SourceHash),
            Sensitivity = Agreed(files, file => file.Sensitivity),
            Settings = Agreed(files, file => file.Settings),
        };
        var names = files.SelectMany(file => file.Layers.Keys).ToHashSet(StringComparer.Ordinal);
        foreach (var sharing in names.GroupBy(name => FullName(name, names)).GroupBy(layer => Key(files, layer)))
        {
            Add(writer, files, [.. sharing.Select(layer => layer.Key)], [.. sharing.First()]);
        }

        return writer;
    }

    private static void Add(CalibrationWriter writer, IReadOnlyList<CalibrationFile> files, ImmutableArray<string> weights, string[] aliases)
    {
        // (file, the layer's name in it)
        var parts = files.Select(file => (File: file, Name: NameIn(file, aliases)!)).Where(part => part.Name is not null).ToArray();
        var columns = parts[0].File.ColumnsOf(parts[0].Name);
        foreach (var (file, name) in parts)
        {
            if (file.ColumnsOf(name) != columns)
            {
                throw Refuse(file, $"layer '{name}': found {file.ColumnsOf(name)} columns, expected the {columns} of '{parts[0].File.Path}'");
            }

            if (file.Layers[name].Target is not null)
            {
                throw Refuse(file, $"layer '{name}': found a target, which holds for the compressed layers before it alone and cannot be merged");
            }
        }

        var tokens = parts.Aggregate(Int128.Zero, (sum, part) => sum + part.File.Layers[part.Name].Tokens);
        if (tokens > long.MaxValue)
        {
            throw Refuse(parts[^1].File, $"layer '{parts[^1].Name}': found {tokens} tokens in all recordings, expected {long.MaxValue} at most");
        }

        writer.Add(weights, columns, (long)tokens, () => Mean(parts, columns, (long)tokens));
    }

    private static ReadOnlyMemory<float> Mean((CalibrationFile File, string Name)[] parts, int columns, long tokens)
    {
        if (parts is [var only])
        {
            return only.File.ReadGram(only.Name).Values;
        }

        var sums = new double[(long)columns * columns];
        foreach (var (file, name) in parts)
        {
            var gram = file.ReadGram(name);
            var values = gram.Values.Span;
            for (var index = 0; index < values.Length; index++)
            {
                sums[index] += gram.Tokens * (double)values[index];
            }
        }

        var mean = new float[sums.Length];
        for (var index = 0; index < mean.Length; index++)
        {
            mean[index] = (float)(sums[index] / tokens);
        }

        return mean;
    }

    // A layer that one recording names by its path and another by its weight is one layer.
    private static string FullName(string name, HashSet<string> names) =>
        names.Contains(name + CalibrationFormat.WeightSuffix) ? name + CalibrationFormat.WeightSuffix : name;

    private static string? NameIn(CalibrationFile file, string[] aliases) => aliases.Order(StringComparer.Ordinal).LastOrDefault(file.Layers.ContainsKey);

    // Which matrix each file has for the layer.
    private static string Key(IReadOnlyList<CalibrationFile> files, IGrouping<string, string> layer)
    {
        var aliases = layer.ToArray();
        return string.Join('\0', files.Select(file => NameIn(file, aliases) is { } name ? $"{file.Layers[name].Gram}\0{file.Layers[name].Tokens}" : "\0"));
    }

    private static string? Agreed(IReadOnlyList<CalibrationFile> files, Func<CalibrationFile, string?> entry) =>
        files.Select(entry).OfType<string>().Distinct().ToArray() is [var one] ? one : null;

    private static CheckpointException Refuse(CalibrationFile file, string detail) => new(file.Path, null, CheckpointRule.Calibration, detail);
}
