using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.Build.Framework;

namespace Reparam.Build.Plans;

/// <summary>
/// One merge: the <c>ReparamMerge</c> items of one <c>OutputName</c>, with their metadata checked. Options of the operation are the worker's to judge.
/// </summary>
internal sealed class MergeItem
{
    private static readonly string[] CopyModes = ["never", "always", "preservenewest", "ifdifferent"];
    private static readonly string[] Orders = ["given", "name"];

    // Those that docs/merging.md lists, and those that Reparam.Merges.targets adds. Any other is an option.
    private static readonly string[] Own =
        ["Method", "Base", "OutputName", "Order", "Keep", "Skip", "DType", "CopyToOutputDirectory", "CopyToPublishDirectory", "DeclaredIn", "MergedFile",
            "MergePlan", "MergeStamp"];

    /// <summary>Reads the items of one merge, as Reparam.Merges.targets hands them over.</summary>
    /// <exception cref="BuildErrorException">
    /// RPB0005: an input does not exist. RPB0010: a metadatum does not have the form that it must have. RPB0014: the base does not exist. RPB0030: the
    /// items contradict each other, or have no method.
    /// </exception>
    public MergeItem(IReadOnlyList<ITaskItem> items)
    {
        var first = items[0];
        OutputName = first.GetMetadata("OutputName");
        DeclaredIn = first.GetMetadata("DeclaredIn");
        MergedFile = first.GetMetadata("MergedFile");
        Plan = first.GetMetadata("MergePlan");
        Stamp = first.GetMetadata("MergeStamp");
        RequireSame(items);
        Method = first.GetMetadata("Method").Trim();
        if (Method.Length == 0)
        {
            throw new BuildErrorException("RPB0030", $"Merge '{OutputName}' has no Method: 'reparam merge --help' lists the methods.");
        }

        if (OutputName.Trim() != OutputName || OutputName is "" or "." or ".." || OutputName.IndexOfAny(Path.GetInvalidFileNameChars()) >= 0
            || OutputName.IndexOf('\\') >= 0)
        {
            throw Invalid("OutputName", OutputName, "a file name without folder and extension");
        }

        CopyToOutput = ReadName(first, "CopyToOutputDirectory", CopyModes);
        CopyToPublish = ReadName(first, "CopyToPublishDirectory", CopyModes);
        DType = first.GetMetadata("DType").Trim();
        Keep = ReadList(first, "Keep");
        Skip = ReadList(first, "Skip");
        Base = first.GetMetadata("Base").Trim();
        if (Base.Length > 0 && !File.Exists(Base))
        {
            throw new BuildErrorException("RPB0014", $"Base '{Base}' of merge '{OutputName}' {(Directory.Exists(Base) ? "is a folder" : "does not exist")}.");
        }

        var inputs = items.Select(item => item.GetMetadata("FullPath"));
        Inputs = ReadName(first, "Order", Orders) == "name" ? [.. inputs.OrderBy(path => path, StringComparer.Ordinal)] : [.. inputs];
        Options = [.. OptionNames(first).OrderBy(name => name, StringComparer.Ordinal)
            .Select(name => new KeyValuePair<string, string>(name, first.GetMetadata(name)))];
    }

    /// <summary>Name of the result without its extension.</summary>
    public string OutputName { get; }

    /// <summary>The project file that has the first item.</summary>
    public string DeclaredIn { get; }

    /// <summary>Name of the operation.</summary>
    public string Method { get; }

    /// <summary>Full paths of the inputs, in their order.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>Full path of the base; empty: none.</summary>
    public string Base { get; }

    /// <summary>Where the worker puts the result.</summary>
    public string MergedFile { get; }

    /// <summary>Where the plan goes.</summary>
    public string Plan { get; }

    /// <summary>Where the worker says, last of all, what the result was made from.</summary>
    public string Stamp { get; }

    /// <summary>Type of merged tensors; empty: that of the base or the first input.</summary>
    public string DType { get; }

    /// <summary>Patterns of tensors that are copied.</summary>
    public IReadOnlyList<string> Keep { get; }

    /// <summary>Patterns of tensors that are left out.</summary>
    public IReadOnlyList<string> Skip { get; }

    /// <summary>Options of the operation as the item has them, in ordinal order of the names.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Options { get; }

    /// <summary>When the result is copied to the output folder.</summary>
    public string CopyToOutput { get; }

    /// <summary>When the result is copied to the publish folder.</summary>
    public string CopyToPublish { get; }

    private static IEnumerable<string> OptionNames(ITaskItem item) => item.MetadataNames.Cast<string>()
        .Where(name => !Own.Contains(name, StringComparer.OrdinalIgnoreCase) && !ItemMetadata.IsGeneral(name) && item.GetMetadata(name).Length > 0);

    private static string[] ReadList(ITaskItem item, string name) =>
        [.. item.GetMetadata(name).Split([';'], StringSplitOptions.RemoveEmptyEntries).Select(part => part.Trim()).Where(part => part.Length > 0)];

    private void RequireSame(IReadOnlyList<ITaskItem> items)
    {
        string[] shared =
            [.. items.SelectMany(OptionNames).Concat(["Method", "Base", "Order", "Keep", "Skip", "DType"]).Distinct(StringComparer.OrdinalIgnoreCase)];
        var differing = shared.FirstOrDefault(name => items.Select(item => item.GetMetadata(name)).Distinct(StringComparer.Ordinal).Skip(1).Any());
        if (differing is not null)
        {
            throw new BuildErrorException("RPB0030",
                $"The items of merge '{OutputName}' have different {differing}: give each merge an OutputName of its own.");
        }
    }

    private string ReadName(ITaskItem item, string name, string[] known)
    {
        var value = item.GetMetadata(name).Trim();
        return value.Length == 0 || known.Contains(value, StringComparer.OrdinalIgnoreCase) ? value.ToLowerInvariant()
            : throw Invalid(name, value, $"one of {string.Join(", ", known)}");
    }

    private BuildErrorException Invalid(string name, string value, string expected) =>
        new("RPB0010", $"Metadatum {name} of merge '{OutputName}' is '{value}'; it must be {expected}.");
}
