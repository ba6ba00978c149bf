using System.Collections.Immutable;
using System.Globalization;
using Reparam.Checkpoints;
using Reparam.Compression;
using Reparam.Compression.Allocation;
using Reparam.Compression.Calibration;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Plans;
using Reparam.Compression.ShiftAdd.Nested;

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

    /// <summary>
    /// Uses a saved plan, or the one that a calibration through the network was made with. Tables are shared by the layers that shared them when the plan was made.
    /// </summary>
    public static (ImmutableArray<LayerPlan> Layers, SharedTables? Tables) Apply(string file, ICheckpoint checkpoint, ImmutableArray<LayerPlan> layers)
    {
        CheckpointCompressor.RequireCodable(checkpoint, layers);
        if (Path.GetExtension(file).Equals(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            using var calibration = CalibrationFile.Open(file);
            return CalibrationPlan.Read(calibration) is { } made
                ? (made.Apply(layers, file), null)
                : throw new CompressionException(file, CompressionDiagnostics.UnusableBitPlan.With("the calibration was not made through the network and holds no plan"));
        }

        var planned = BitPlan.Read(file).Apply(layers, file);
        return (planned, SharedTables.Of(checkpoint, layers.Zip(planned, (layer, plan) => SharedTables.AreIn(layer.Options.Layout) ? layer : plan)));
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
    public static string Summary(BitPlan plan)
    {
        var widths = plan.Layers.CountBy(layer => layer.Bits).OrderBy(width => width.Key).Select(width => $"{width.Value} at {width.Key} bits");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"plan for {plan.Budget} by {(plan.Cost == "error" ? "each layer's error" : plan.Cost)}: {plan.BitsPerWeight:0.000} bits a weight, {string.Join(", ", widths)}");
    }

    /// <summary>A plan as a table.</summary>
    public static void Write(TextWriter output, BitPlan plan)
    {
        TextTable.Write(
            output,
            ["name", "layout", "bits", "bytes", "cost", ""],
            [.. plan.Layers.Select(layer => new[]
            {
                layer.Tensor,
                layer.Layout,
                layer.Bits.ToString(CultureInfo.InvariantCulture),
                layer.Bytes.ToString("N0", CultureInfo.InvariantCulture),
                layer.Cost.ToString("0.000E+0", CultureInfo.InvariantCulture),
                layer.Fixed ? "fixed" : "",
            })]);
        output.WriteLine(Summary(plan));
    }
}
