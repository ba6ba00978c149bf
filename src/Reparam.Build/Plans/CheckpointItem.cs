using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Microsoft.Build.Framework;
using Reparam.Build.Text;

namespace Reparam.Build.Plans;

/// <summary>One <c>ReparamCheckpoint</c> item with its metadata checked.</summary>
internal sealed class CheckpointItem
{
    private static readonly string[] OptionMetadata = ["Bits", "Layout", "Quality", "Seed"];
    private static readonly string[] RuntimePaths = ["avx512", "avx2", "vector128"];
    private static readonly string[] CopyModes = ["never", "always", "preservenewest", "ifdifferent"];
    private static readonly string[] Truths = ["true", "false"];
    private static readonly string[] Costs = ["criterion", "output", "divergence"];

    /// <summary>Reads an item as Reparam.Checkpoints.targets hands it over.</summary>
    /// <exception cref="BuildErrorException">
    /// RPB0010: a metadatum does not have the form that it must have. RPB0014: a file that one names does not exist. RPB0015: two budgets.
    /// </exception>
    public CheckpointItem(ITaskItem item)
    {
        Path = item.GetMetadata("FullPath");
        DeclaredIn = item.GetMetadata("DeclaredIn");
        Model = item.GetMetadata("Model").Trim();
        OutputName = item.GetMetadata("OutputName");
        PackedFile = item.GetMetadata("PackedFile");
        Plan = item.GetMetadata("Plan");
        Report = item.GetMetadata("Report");
        Stamp = item.GetMetadata("Stamp");
        Allocation = item.GetMetadata("Allocation");
        RuntimeLayouts = ReadRuntimeLayouts(item);
        AllocationCost = ReadName(item, "AllocationCost", Costs);
        Skip = [.. item.GetMetadata("Skip").Split([';'], StringSplitOptions.RemoveEmptyEntries).Select(pattern => pattern.Trim())
            .Where(pattern => pattern.Length > 0)];
        FoldBatchNorm = ReadName(item, "FoldBatchNorm", Truths) != "false";
        Cache = ReadName(item, "Cache", Truths) == "false" ? "" : System.IO.Path.Combine(System.IO.Path.GetDirectoryName(Plan)!, "cache");
        CopyToOutput = ReadName(item, "CopyToOutputDirectory", CopyModes);
        CopyToPublish = ReadName(item, "CopyToPublishDirectory", CopyModes);
        Calibration = ReadFile(item, "Calibration");
        AllocationPlan = ReadFile(item, "AllocationPlan");
        TargetBits = ReadNumber(item, "TargetBits");
        MaxOutputError = ReadNumber(item, "MaxOutputError");
        MaxWeightError = ReadNumber(item, "MaxWeightError");

        if (OutputName.Trim() != OutputName || OutputName is "" or "." or ".." || OutputName.IndexOfAny(System.IO.Path.GetInvalidFileNameChars()) >= 0
            || OutputName.IndexOf('\\') >= 0)
        {
            throw Invalid("OutputName", OutputName, "a file name without folder and extension");
        }

        Options = ReadOptions(item);

        var size = item.GetMetadata("TargetSize").Trim();
        if (size.Length > 0)
        {
            TargetSize = ByteSize.TryParse(size, out var value) ? value : throw Invalid("TargetSize", size, ByteSize.Form);
        }

        RequireOneBudget();
    }

    /// <summary>Full path of the checkpoint.</summary>
    public string Path { get; }

    /// <summary>The project file that has the item.</summary>
    public string DeclaredIn { get; }

    /// <summary>Full metadata name of the root class; empty: the only one.</summary>
    public string Model { get; }

    /// <summary>Name of the packed file without its extension.</summary>
    public string OutputName { get; }

    /// <summary>Where the worker puts the packed file.</summary>
    public string PackedFile { get; }

    /// <summary>Where the plan goes.</summary>
    public string Plan { get; }

    /// <summary>Where the worker puts its report.</summary>
    public string Report { get; }

    /// <summary>Where the worker says, last of all, what the packed file was made from.</summary>
    public string Stamp { get; }

    /// <summary>Options in place of the annotations': name and value as JSON.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Options { get; }

    /// <summary>Largest relative weight error that the build accepts; null: any.</summary>
    public double? MaxWeightError { get; }

    /// <summary>Kernel paths whose prepacked weights the build writes beside the packed file; empty: none.</summary>
    public IReadOnlyList<string> RuntimeLayouts { get; }

    /// <summary>The files with those weights.</summary>
    public IEnumerable<string> PrepackedFiles => RuntimeLayouts.Select(layout => System.IO.Path.ChangeExtension(PackedFile, layout));

    /// <summary>Full path of the calibration; empty: none.</summary>
    public string Calibration { get; }

    /// <summary>Maximum stored bits per coded weight; null: no such budget.</summary>
    public double? TargetBits { get; }

    /// <summary>Maximum bytes of all coded weights; null: no such budget.</summary>
    public long? TargetSize { get; }

    /// <summary>Largest relative output error of a layer; null: no such budget.</summary>
    public double? MaxOutputError { get; }

    /// <summary>What a budget makes small; empty: the best that is known.</summary>
    public string AllocationCost { get; }

    /// <summary>Full path of a saved bit plan to use; empty: none.</summary>
    public string AllocationPlan { get; }

    /// <summary>Where the worker saves the bit plan that a budget gives.</summary>
    public string Allocation { get; }

    /// <summary>Patterns of tensors that are left out; empty: none.</summary>
    public IReadOnlyList<string> Skip { get; }

    /// <summary>Whether batch norms are folded into the layers before them.</summary>
    public bool FoldBatchNorm { get; }

    /// <summary>Folder where the worker keeps coded weights; empty: nowhere.</summary>
    public string Cache { get; }

    /// <summary>When the packed file is copied to the output folder; empty or <c>never</c>: not at all.</summary>
    public string CopyToOutput { get; }

    /// <summary>When the packed file is copied to the publish folder; empty or <c>never</c>: not at all.</summary>
    public string CopyToPublish { get; }

    /// <summary>Files beside the checkpoint that the result depends on.</summary>
    public IEnumerable<string> FurtherSources => new[] { Calibration, AllocationPlan }.Where(file => file.Length > 0);

    // Bits and Seed are numbers whatever the method; which layouts and qualities there are is the method's.
    private IReadOnlyList<KeyValuePair<string, string>> ReadOptions(ITaskItem item)
    {
        var options = new OptionList();
        foreach (var name in OptionMetadata)
        {
            var value = item.GetMetadata(name).Trim();
            if (value.Length == 0)
            {
                continue;
            }

            if (name == "Bits" && !(int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var bits) && bits > 0))
            {
                throw Invalid(name, value, "a whole number above 0");
            }

            if (name == "Seed" && !int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _))
            {
                throw Invalid(name, value, "a whole number of 32 bits");
            }

            options.Set(name, value);
        }

        var list = item.GetMetadata("Options");
        return options.TrySet(list)
            ? options.Options
            : throw Invalid("Options", list, "a list Name=value;Name=value, each name with or without a method before it (shiftadd.Bits=3)");
    }

    private string ReadName(ITaskItem item, string name, string[] known)
    {
        var value = item.GetMetadata(name).Trim();
        return value.Length == 0 || known.Contains(value, StringComparer.OrdinalIgnoreCase)
            ? value.ToLowerInvariant()
            : throw Invalid(name, value, $"one of {string.Join(", ", known)}");
    }

    private string[] ReadRuntimeLayouts(ITaskItem item)
    {
        var text = item.GetMetadata("RuntimeLayout");
        var layouts = text.Split([';', ','], StringSplitOptions.RemoveEmptyEntries).Select(layout => layout.Trim().ToLowerInvariant())
            .Where(layout => layout.Length > 0).Distinct().ToArray();
        return layouts.All(RuntimePaths.Contains) ? layouts : throw Invalid("RuntimeLayout", text, $"a list of {string.Join(", ", RuntimePaths)}");
    }

    private double? ReadNumber(ITaskItem item, string name)
    {
        var text = item.GetMetadata(name).Trim();
        return text.Length == 0 ? null
            : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value > 0 && !double.IsInfinity(value) ? value
            : throw Invalid(name, text, "a number above 0");
    }

    private string ReadFile(ITaskItem item, string name)
    {
        var file = item.GetMetadata(name).Trim();
        return file.Length == 0 || File.Exists(file)
            ? file
            : throw new BuildErrorException(
                "RPB0014", $"{name} '{file}' of checkpoint '{Path}' {(Directory.Exists(file) ? "is a folder" : "does not exist")}.");
    }

    private void RequireOneBudget()
    {
        var given = new[]
        {
            TargetBits is null ? null : "TargetBits",
            TargetSize is null ? null : "TargetSize",
            MaxOutputError is null ? null : "MaxOutputError",
            AllocationPlan.Length == 0 ? null : "AllocationPlan",
        }.OfType<string>().ToArray();
        if (given.Length > 1)
        {
            throw new BuildErrorException("RPB0015", $"Checkpoint '{Path}' has {string.Join(" and ", given)}: only one of them can choose its widths.");
        }
    }

    private BuildErrorException Invalid(string name, string value, string expected) =>
        new("RPB0010", $"Metadatum {name} of checkpoint '{Path}' is '{value}'; it must be {expected}.");
}
