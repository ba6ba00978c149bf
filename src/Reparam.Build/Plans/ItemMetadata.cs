using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.Build.Framework;
using Reparam.Build.Text;

namespace Reparam.Build.Plans;

/// <summary>The metadata that a <c>ReparamCheckpoint</c> item may have. Any other is a mistake: what it was to say would not be done.</summary>
internal static class ItemMetadata
{
    /// <summary>Those that docs/build.md lists.</summary>
    private static readonly string[] Own =
    [
        "Model", "OutputName", "FromMerge", "Bits", "Layout", "Quality", "Options", "Calibration", "TargetBits", "TargetSize", "MaxOutputError",
        "AllocationCost", "AllocationPlan", "RuntimeLayout", "Seed", "MaxWeightError", "Skip", "FoldBatchNorm", "Cache",
        "CopyToOutputDirectory", "CopyToPublishDirectory",
    ];

    /// <summary>Those that MSBuild, NuGet and editors give to items of any kind.</summary>
    private static readonly HashSet<string> General = new(StringComparer.OrdinalIgnoreCase)
    {
        "FullPath", "RootDir", "Filename", "Extension", "RelativeDir", "Directory", "RecursiveDir", "Identity", "ModifiedTime", "CreatedTime", "AccessedTime",
        "Link", "LinkBase", "Visible", "InProject", "DependentUpon", "SubType", "Generator", "LastGenOutput", "CustomToolNamespace", "BuildAction",
        "TargetPath", "OriginalItemSpec", "Pack", "PackagePath", "PackageCopyToOutput", "PackageFlatten", "ExcludeFromSingleFile", "IncludeInPackage",
        "DeploymentContent", "BuildReference", "Private",
    };

    // What MSBuild, NuGet and the user's own targets write down for themselves.
    private static readonly string[] GeneralStarts = ["DefiningProject", "MSBuildSource", "NuGet", "_"];

    /// <summary>What is wrong with the metadata of an item as the project has it; null for nothing.</summary>
    public static BuildErrorException? ProblemOf(ITaskItem item)
    {
        var unknown = item.MetadataNames.Cast<string>().Where(name => !IsKnown(name)).OrderBy(name => name, StringComparer.Ordinal).ToList();
        return unknown.Count == 0 ? null : new BuildErrorException(
            "RPB0017", $"Checkpoint '{item.ItemSpec}' has {string.Join(" and ", unknown.Select(Describe))}. A ReparamCheckpoint has {string.Join(", ", Own)}.");
    }

    /// <summary>Whether MSBuild, NuGet, an editor or the user's own targets give it to items of any kind.</summary>
    public static bool IsGeneral(string name) =>
        General.Contains(name) || GeneralStarts.Any(start => name.StartsWith(start, StringComparison.OrdinalIgnoreCase));

    private static bool IsKnown(string name) => Own.Contains(name, StringComparer.OrdinalIgnoreCase) || IsGeneral(name);

    private static string Describe(string name) => $"an unknown metadatum '{name}'{NearestName.Hint(name, Own)}";
}
