using System.Reflection;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Methods;
using Reparam.Conformance.Tests.Formats;
using Reparam.Conformance.Tests.Methods;
using Reparam.Conformance.Tests.Models;
using Reparam.Conformance.Tests.PostTraining;
using Reparam.Merging;
using Reparam.Training;

namespace Reparam.Conformance.Tests.Pages;

/// <summary>The text of docs/methods/README.md, from what attributes, method classes and lists say.</summary>
internal static class MethodsPage
{
    private static readonly string[] MethodHeads =
        ["method", "kinds", "layers", "folds", "an export has", "runs packed, in", "needs calibration", "a delta reads its base", "legal neighbours", "paper"];

    /// <summary>The page.</summary>
    /// <param name="pages">Names of the pages in its folder.</param>
    public static string Text(IReadOnlyCollection<string> pages) => $"""
        # All methods

        This page is written by a test from the code: `REPARAM_UPDATE_SNAPSHOTS=1 dotnet test tests/Reparam.Conformance.Tests --filter MethodsPage`.

        ## Annotations
        {Table(MethodHeads, FoundMethods.All.Select(type => Row(type, pages)))}
        Neighbours are methods that may stand on the same layer: "before" and "after" say where the neighbour is written, where that matters.
        Every other order is [an error](../diagnostics/RP0013.md).

        ## Packed formats
        {Table(["format", "parts", "written by"], PackedFormats.All.Select(FormatRow))}
        ## Checkpoint operations
        {Table(["operation", "base", "inputs", "options", "what it does"], CheckpointOperations.All.Select(operation => OperationRow(operation, pages)))}
        """.TrimEnd() + "\n";

    private static string[] Row(Type attribute, IReadOnlyCollection<string> pages)
    {
        var method = FoundMethods.MethodOf(attribute);
        return
        [
            Linked($"[{FoundMethods.NameOf(attribute)}]", FoundMethods.NameOf(attribute), pages),
            string.Join(", ", Kinds(attribute)),
            FoundMethods.IsOfLayers(attribute) ? Layers(method.Layers) : "blocks",
            Folds(attribute),
            Exports(attribute),
            string.Join(", ", FormatsOf(attribute)),
            NeedsCalibration(attribute) ? "yes" : "no",
            Delta(attribute),
            FoundMethods.IsOfLayers(attribute) ? Neighbours(FoundMethods.NameOf(attribute)) : "",
            method.Source ?? "",
        ];
    }

    private static IEnumerable<string> Kinds(Type attribute)
    {
        for (var type = attribute.BaseType!; type != typeof(ReparamAttribute); type = type.BaseType!)
        {
            yield return Words(type.Name[..^nameof(System.Attribute).Length]);
        }

        if (attribute.IsDefined(typeof(ReparamModelRuleAttribute)))
        {
            yield return "model rule";
        }

        if (attribute.GetCustomAttribute<ReparamInputMapAttribute>() is { } map)
        {
            yield return map.When is null ? "input map" : $"input map (with `{map.When}`)";
        }
    }

    private static string Folds(Type attribute) =>
        typeof(WeightMapAttribute).IsAssignableFrom(attribute) || typeof(SidePathAttribute).IsAssignableFrom(attribute) ? "into the weight"
        : typeof(StructureAttribute).IsAssignableFrom(attribute) ? "into another block"
        : "";

    private static string Exports(Type attribute) =>
        typeof(StructureAttribute).IsAssignableFrom(attribute) ? "the folded block"
        : !typeof(PostTrainingAttribute).IsAssignableFrom(attribute) ? "the plain weight"
        : attribute.IsDefined(typeof(ReparamInputMapAttribute)) ? "the plain weight and the input map's state" : "the plain weight";

    private static IEnumerable<string> FormatsOf(Type attribute) => CodingCase.All
        .Where(line => CodingCase.Options(line).Method.Attribute == attribute)
        .Select(line => $"`{FormatSamples.Of(line).Format.Name}`")
        .Distinct();

    private static bool NeedsCalibration(Type attribute) =>
        PostTrainingMethods.All.Any(method => method.Attribute == attribute && method.NeedsCalibration)
        || MembersOf(attribute).Any(member => member.Name == "Attach" && member.GetParameters().Any(parameter => parameter.ParameterType == typeof(InputStatistics)));

    private static string Delta(Type attribute) =>
        MembersOf(attribute).FirstOrDefault(member => member.Name == "Delta")?.GetParameters() is not { } parameters ? ""
        : parameters.Any(parameter => parameter.Name == "weight") ? "its dense weight"
        : parameters.Any(parameter => parameter.ParameterType == typeof(IBaseLayer)) ? "what it asks for" : "no";

    // The static members of the method class; none where the method is not one of training.
    private static IEnumerable<MethodInfo> MembersOf(Type attribute) =>
        typeof(ReparamLayer).Assembly.GetType(FoundMethods.MethodOf(attribute).Method)?.GetMethods(BindingFlags.Public | BindingFlags.Static) ?? [];

    private static string Neighbours(string name)
    {
        var line = MethodCases.Of(name).First();
        var legal = MethodCases.First.Where(other => other.Name != name && FoundMethods.IsOfLayers(other.Attribute)).Select(other =>
        {
            var (before, after) = (Composition.BrokenRule([other, line]) is null, Composition.BrokenRule([line, other]) is null);
            return (before, after) switch
            {
                (true, true) => other.Name,
                (true, false) => $"{other.Name} (before)",
                (false, true) => $"{other.Name} (after)",
                _ => null,
            };
        });
        return string.Join(", ", legal.OfType<string>());
    }

    private static string[] FormatRow(PackedFormat format)
    {
        var writers = FoundMethods.All
            .Where(attribute => FormatsOf(attribute).Contains($"`{format.Name}`"))
            .Select(attribute => $"[{FoundMethods.NameOf(attribute)}]");
        return [$"`{format.Name}`", string.Join(", ", format.Suffixes.Select(suffix => $"`{suffix}`")), string.Join(", ", writers)];
    }

    private static string[] OperationRow(CheckpointOperation operation, IReadOnlyCollection<string> pages) =>
    [
        Linked($"`{operation.Name}`", operation.Name, pages),
        operation.NeedsBase ? "needed" : "none",
        $"{operation.MinInputs} or more",
        string.Join(", ", operation.Options.Select(option => $"`{option.Name}`")),
        operation.Summary,
    ];

    private static string Layers(LayerKinds layers) => layers == LayerKinds.All ? "all"
        : string.Join(", ", LayerSample.All.Where(sample => layers.HasFlag(sample.Kind)).Select(sample => sample.Kind.ToString()));

    private static string Linked(string text, string name, IEnumerable<string> pages) =>
        pages.FirstOrDefault(page => Plain(Path.GetFileNameWithoutExtension(page)) == Plain(name)) is { } page
            ? $"[{text.Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal)}]({page})"
            : throw new InvalidOperationException($"{text} has no page in docs/methods");

    private static string Plain(string name) => name.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();

    // SidePath → side path; PostTraining → post-training.
    private static string Words(string name) => name == "PostTraining"
        ? "post-training"
        : string.Concat(name.Select((letter, i) =>
            char.IsUpper(letter) && i > 0 ? $" {char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));

    private static string Table(IReadOnlyList<string> heads, IEnumerable<string[]> rows) =>
        $"| {string.Join(" | ", heads)} |\n|{string.Concat(heads.Select(_ => "---|"))}\n"
        + string.Concat(rows.Select(row => $"| {string.Join(" | ", row.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |\n"));
}
