using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Reparam.Checkpoints;
using Reparam.Compression;
using Reparam.Compression.Allocation;
using Reparam.Compression.Calibration;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Plans;

namespace Reparam.Cli.Commands;

/// <summary>What <c>compress</c> and <c>build</c> do alike with bit plans.</summary>
internal static class BitPlans
{
    /// <summary>The file of a plan beside a report: <c>m.report.json</c> and <c>m.json</c> have <c>m.allocation.json</c>.</summary>
    public static string FileBeside(string report)
    {
        var name = Path.GetFileName(report);
        foreach (var ending in (string[])[".json", ".report"])
        {
            name = name.EndsWith(ending, StringComparison.OrdinalIgnoreCase) && name.Length > ending.Length ? name[..^ending.Length] : name;
        }

        return Path.Combine(Path.GetDirectoryName(report) ?? "", name + ".allocation.json");
    }

    /// <summary>Uses a saved plan, or the one that a calibration through the network was made with.</summary>
    public static ImmutableArray<LayerPlan> Apply(string file, ICheckpoint checkpoint, ImmutableArray<LayerPlan> layers)
    {
        CheckpointCompressor.RequireCodable(checkpoint, layers);
        if (Path.GetExtension(file).Equals(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            using var calibration = CalibrationFile.Open(file);
            return CalibrationPlan.Read(calibration) is { } made
                ? made.Apply(layers, file)
                : throw new CompressionException(
                    file, CompressionDiagnostics.UnusableBitPlan.With("the calibration was not made through the network and holds no plan"));
        }

        return BitPlan.Read(file).Apply(layers, file);
    }

    /// <summary>Makes a plan with what the calibration knows of the model's divergence.</summary>
    public static BitAllocation Allocate(
        ICheckpoint checkpoint, ImmutableArray<LayerPlan> layers, CompressionSettings settings, AllocationSettings allocation, CalibrationFile? calibration,
        IProgress<AllocationProgress> progress, CancellationToken cancellation)
    {
        var sensitivities = calibration?.Sensitivity is { } json ? Sensitivities.Parse(json, calibration.Path) : null;
        return BitAllocator.Allocate(checkpoint, layers, settings, allocation with { Sensitivities = sensitivities }, progress, cancellation);
    }

    /// <summary>A plan in one line.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="layers">The layers with the plan's codings.</param>
    public static string Summary(BitPlan plan, ImmutableArray<LayerPlan> layers)
    {
        var widths = layers.CountBy(layer => (Bits: layer.Method.NominalBits(layer.Options), Name: layer.Method.Describe(layer.Options)))
            .OrderBy(width => width.Key.Bits).Select(width => $"{width.Value} at {width.Key.Name}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"plan for {plan.Budget} by {(plan.Cost == "error" ? "each layer's error" : plan.Cost)}: {plan.BitsPerWeight:0.000} bits a weight, "
                + $"{string.Join(", ", widths)}");
    }

    /// <summary>A plan as a table.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="layers">The layers with the plan's codings.</param>
    public static void Write(TextWriter output, BitPlan plan, ImmutableArray<LayerPlan> layers)
    {
        // A column for each option that the plan chose of any layer.
        string[] options = [.. plan.Layers.SelectMany(layer => layer.Chosen.Select(option => option.Key)).Distinct(StringComparer.Ordinal)];
        TextTable.Write(
            output,
            ["name", "method", .. options, "bytes", "cost", ""],
            [.. plan.Layers.Select(layer => (string[])
            [
                layer.Tensor,
                layer.Method ?? "",
                .. options.Select(
                    name => layer.Chosen.FirstOrDefault(option => option.Key == name).Value is { ValueKind: not JsonValueKind.Undefined } value
                        ? value.ToString()
                        : ""),
                layer.Bytes.ToString("N0", CultureInfo.InvariantCulture),
                layer.Cost.ToString("0.000E+0", CultureInfo.InvariantCulture),
                layer.Fixed ? "fixed" : "",
            ])]);
        output.WriteLine(Summary(plan, layers));
    }
}
