using System.Globalization;
using System.IO;
using Microsoft.Build.Framework;

namespace Reparam.Build.Plans;

/// <summary>One <c>ReparamCheckpoint</c> item with its metadata checked.</summary>
internal sealed class CheckpointItem
{
    /// <summary>Reads an item as Reparam.Checkpoints.targets hands it over.</summary>
    /// <exception cref="BuildErrorException">RPB0010: a metadatum does not have the form that it must have.</exception>
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

        if (OutputName.Trim() != OutputName || OutputName is "" or "." or ".." || OutputName.IndexOfAny(System.IO.Path.GetInvalidFileNameChars()) >= 0 || OutputName.IndexOf('\\') >= 0)
        {
            throw Invalid("OutputName", OutputName, "a file name without folder and extension");
        }

        var bits = item.GetMetadata("Bits").Trim();
        if (bits.Length > 0)
        {
            Bits = int.TryParse(bits, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0 ? value : throw Invalid("Bits", bits, "a whole number above 0");
        }

        var seed = item.GetMetadata("Seed").Trim();
        if (seed.Length > 0)
        {
            Seed = long.TryParse(seed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : throw Invalid("Seed", seed, "a whole number");
        }

        var limit = item.GetMetadata("MaxWeightError").Trim();
        if (limit.Length > 0)
        {
            MaxWeightError = double.TryParse(limit, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value > 0 && !double.IsInfinity(value)
                ? value
                : throw Invalid("MaxWeightError", limit, "a number above 0");
        }
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

    /// <summary>Touched when the worker has finished.</summary>
    public string Stamp { get; }

    /// <summary>Overrides every annotated width; null: as annotated.</summary>
    public int? Bits { get; }

    /// <summary>Seed of the methods that draw random numbers.</summary>
    public long Seed { get; }

    /// <summary>Largest relative weight error that the build accepts; null: any.</summary>
    public double? MaxWeightError { get; }

    private BuildErrorException Invalid(string name, string value, string expected) =>
        new("RPB0010", $"Metadatum {name} of checkpoint '{Path}' is '{value}'; it must be {expected}.");
}
