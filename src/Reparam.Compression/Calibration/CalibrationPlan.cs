using System.Collections.Immutable;
using System.Text.Json;
using Reparam.Checkpoints;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Json;
using Reparam.Compression.Plans;

namespace Reparam.Compression.Calibration;

/// <summary>How the layers were coded when their targets were made: the calibration file's entry <see cref="CalibrationFormat.SettingsKey"/>.</summary>
public sealed record CalibrationPlan
{
    /// <summary>The coding of each weight.</summary>
    public required SortedDictionary<string, CalibrationCoding> Layers { get; init; }

    /// <summary>The plan of some layers.</summary>
    public static CalibrationPlan Of(IEnumerable<LayerPlan> layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        var plan = new CalibrationPlan { Layers = new SortedDictionary<string, CalibrationCoding>(StringComparer.Ordinal) };
        foreach (var layer in layers)
        {
            plan.Layers.Add(layer.Tensor, CalibrationCoding.Of(layer.Options));
        }

        return plan;
    }

    /// <summary>Reads the plan of a file; null if it has none.</summary>
    /// <exception cref="CheckpointException">The entry is no plan.</exception>
    public static CalibrationPlan? Read(CalibrationFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (file.Settings is not { } text)
        {
            return null;
        }

        try
        {
            return StrictJson.Read(text, CalibrationJson.Default.CalibrationPlan);
        }
        catch (JsonException exception)
        {
            throw new CheckpointException(
                file.Path, null, CheckpointRule.Calibration, $"'{CalibrationFormat.SettingsKey}' is not a plan of layers: {exception.Message}", exception);
        }
    }

    /// <summary>The entry's text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, CalibrationJson.Default.CalibrationPlan);

    /// <summary>Layers with the options of the plan in place of their own; a layer that is fixed or that the plan does not name keeps its own.</summary>
    /// <param name="layers">The layers of a build.</param>
    /// <param name="path">The calibration file, for messages.</param>
    /// <exception cref="CompressionException">RPB0102: an option of the plan is unknown or out of its range, or the plan is for another method.</exception>
    public ImmutableArray<LayerPlan> Apply(ImmutableArray<LayerPlan> layers, string path) => [.. layers.Select(layer => Apply(layer, path))];

    /// <summary>How many of some layers the plan codes otherwise.</summary>
    public int Differing(IEnumerable<LayerPlan> layers) =>
        layers.Count(layer => Layers.TryGetValue(layer.Tensor, out var coding) && !IsOf(coding, layer));

    private static bool IsOf(CalibrationCoding coding, LayerPlan layer)
    {
        try
        {
            return coding.ToOptions(layer.Options).Equals(layer.Options);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private LayerPlan Apply(LayerPlan layer, string path)
    {
        if (layer.Fixed || !Layers.TryGetValue(layer.Tensor, out var coding))
        {
            return layer;
        }

        try
        {
            return layer with { Options = coding.ToOptions(layer.Options) };
        }
        catch (ArgumentException exception)
        {
            throw new CompressionException(path, CompressionDiagnostics.InvalidOption.With($"'{layer.Tensor}': {exception.Message}"));
        }
    }
}
