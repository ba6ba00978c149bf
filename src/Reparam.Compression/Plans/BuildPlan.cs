using System.Text.Json;
using Reparam.Checkpoints;
using Reparam.Compression.Allocation;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Json;

namespace Reparam.Compression.Plans;

/// <summary>What a build asks of the worker for one checkpoint; docs/architecture.md has the form.</summary>
public sealed record BuildPlan
{
    /// <summary>The version that this library reads.</summary>
    public const int SupportedVersion = 1;

    /// <summary>Version of the form.</summary>
    public required int Version { get; init; }

    /// <summary>The dense checkpoint; a relative path starts at the plan's folder.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>The packed file.</summary>
    public required string Output { get; init; }

    /// <summary>The JSON report; null for none.</summary>
    public string? Report { get; init; }

    /// <summary>Full metadata name of the model's root class.</summary>
    public required string Model { get; init; }

    /// <summary>
    /// Options in place of the annotations': by name for every method that has one of the name, or by method and name for one method (<c>shiftadd.bits</c>);
    /// null for none.
    /// </summary>
    public IReadOnlyDictionary<string, JsonElement>? Options { get; init; }

    /// <summary>Assemblies with further methods; null for none.</summary>
    public IReadOnlyList<string>? Extensions { get; init; }

    /// <summary>The option <c>seed</c> in a plan of an earlier version; 0 leaves it.</summary>
    public int Seed { get; init; }

    /// <summary>Cores to use; 0 for all.</summary>
    public int Threads { get; init; }

    /// <summary>The option <c>bits</c> in a plan of an earlier version; null leaves it.</summary>
    public int? Bits { get; init; }

    /// <summary>The option <c>layout</c> in a plan of an earlier version; null leaves it.</summary>
    public string? Layout { get; init; }

    /// <summary>The option <c>quality</c> in a plan of an earlier version; null leaves it.</summary>
    public string? Quality { get; init; }

    /// <summary>Calibration of the layers' inputs; null for none.</summary>
    public string? Calibration { get; init; }

    /// <summary>Maximum stored bits per coded weight; null for no such budget.</summary>
    public double? TargetBits { get; init; }

    /// <summary>Maximum bytes of all coded weights; null for no such budget.</summary>
    public long? TargetSize { get; init; }

    /// <summary>Largest relative output error of a layer, which gets its smallest coding that keeps to it; null for no such budget.</summary>
    public double? MaxOutputError { get; init; }

    /// <summary>criterion, output or divergence; null for the best that is known.</summary>
    public string? AllocationCost { get; init; }

    /// <summary>A saved bit plan to use; null for none.</summary>
    public string? AllocationPlan { get; init; }

    /// <summary>Where to save the bit plan that a budget gives; null for nowhere.</summary>
    public string? Allocation { get; init; }

    /// <summary>Kernel paths (avx512, avx2, vector128) whose prepacked weights are written beside the output; null for none.</summary>
    public IReadOnlyList<string>? RuntimeLayouts { get; init; }

    /// <summary>Where to say, last of all, what the output was made from; null for nowhere.</summary>
    public string? Stamp { get; init; }

    /// <summary>
    /// Folder for coded weights, from which a later build takes those that it would code in the same way; what a build does not use is removed from it.
    /// Null for none.
    /// </summary>
    public string? Cache { get; init; }

    /// <summary>Patterns of tensors that are left out of the output, <c>*</c> standing for any letters; null for none.</summary>
    public IReadOnlyList<string>? Skip { get; init; }

    /// <summary>What is done, one step after the other; null for the default steps (<see cref="Reparam.Compression.Steps.PlanSteps.Of"/>).</summary>
    public IReadOnlyList<Steps.PlanStepEntry>? Steps { get; init; }

    /// <summary>
    /// Whether batch norms are folded into the layers before them, where the manifests' edges show that they can be; null for true. Says which steps are
    /// the default ones.
    /// </summary>
    public bool? FoldBatchNorm { get; init; }

    /// <summary>Largest relative weight error of a layer; null for no limit.</summary>
    public double? MaxWeightError { get; init; }

    /// <summary>Manifests by full metadata name of the class.</summary>
    public required IReadOnlyDictionary<string, ModuleManifest> Manifests { get; init; }

    /// <summary>The options that the plan sets in place of the annotations', those of an earlier version's members among them.</summary>
    public OptionOverrides Overrides()
    {
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (Seed != 0)
        {
            members.Add("seed", JsonSerializer.SerializeToElement(Seed, PlanJson.Default.Int32));
        }

        if (Bits is { } bits)
        {
            members.Add("bits", JsonSerializer.SerializeToElement(bits, PlanJson.Default.Int32));
        }

        foreach (var (name, value) in ((string, string?)[])[("layout", Layout), ("quality", Quality)])
        {
            if (value is not null)
            {
                members.Add(name, JsonSerializer.SerializeToElement(value, PlanJson.Default.String));
            }
        }

        return new OptionOverrides(members.Concat(Options ?? new Dictionary<string, JsonElement>()));
    }

    /// <summary>Reads the budget for widths; null where none is given.</summary>
    /// <exception cref="CompressionException">RPB0102: two budgets, a budget and a saved plan, or a value out of its range.</exception>
    public AllocationSettings? ReadAllocation()
    {
        var budget = new AllocationBudget { TargetBits = TargetBits, TargetBytes = TargetSize, MaxOutputError = MaxOutputError };
        if (budget == new AllocationBudget())
        {
            return null;
        }

        try
        {
            budget.Validate();
            if (AllocationPlan is not null)
            {
                throw new ArgumentException("a saved plan and a budget are given; a saved plan has its widths already");
            }

            return new AllocationSettings { Budget = budget, Cost = AllocationCost is null ? null : AllocationCosts.Parse(AllocationCost) };
        }
        catch (ArgumentException exception)
        {
            throw new CompressionException(Checkpoint, CompressionDiagnostics.InvalidOption.With(exception.Message));
        }
    }

    /// <summary>Reads a plan.</summary>
    /// <exception cref="CompressionException">RPB0100: the file cannot be read, is no plan of a known version, or lacks the root's manifest.</exception>
    public static BuildPlan Read(string path)
    {
        try
        {
            var plan = StrictJson.Read(InputFile.ReadJson(path), PlanJson.Default.BuildPlan, SupportedVersion);
            if (plan.Threads < 0)
            {
                throw new JsonException($"threads is {plan.Threads}; 0 takes all cores");
            }

            if (!plan.Manifests.ContainsKey(plan.Model))
            {
                throw new JsonException($"no manifest of the model's class '{plan.Model}'");
            }

            var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            RequireFiles(plan, folder);
            return plan with
            {
                Checkpoint = Path.Combine(folder, plan.Checkpoint),
                Output = Path.Combine(folder, plan.Output),
                Report = plan.Report is null ? null : Path.Combine(folder, plan.Report),
                Extensions = plan.Extensions is null ? null : [.. plan.Extensions.Select(file => Path.Combine(folder, file))],
                Calibration = plan.Calibration is null ? null : Path.Combine(folder, plan.Calibration),
                AllocationPlan = plan.AllocationPlan is null ? null : Path.Combine(folder, plan.AllocationPlan),
                Allocation = plan.Allocation is null ? null : Path.Combine(folder, plan.Allocation),
                Stamp = plan.Stamp is null ? null : Path.Combine(folder, plan.Stamp),
                Cache = plan.Cache is null ? null : Path.Combine(folder, plan.Cache),
            };
        }
        catch (CheckpointException exception)
        {
            throw new CompressionException(path, CompressionDiagnostics.UnreadablePlan.With(exception.Detail));
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or NotSupportedException)
        {
            throw new CompressionException(path, CompressionDiagnostics.UnreadablePlan.With(exception.Message));
        }
    }

    // A folder, the root of all among them, is no place for a file; and two outputs in one place would be one.
    private static void RequireFiles(BuildPlan plan, string folder)
    {
        var outputs = new[] { ("output", plan.Output), ("report", plan.Report), ("allocation", plan.Allocation), ("stamp", plan.Stamp) }
            .Where(output => output.Item2 is not null).ToArray();
        foreach (var (member, value) in outputs)
        {
            var full = Path.GetFullPath(Path.Combine(folder, value!));
            if (Path.GetFileName(full).Length == 0 || Path.EndsInDirectorySeparator(value!))
            {
                throw new JsonException($"{member} is '{value}'; it is the path of a file");
            }

            if (outputs.First(other => Path.GetFullPath(Path.Combine(folder, other.Item2!)) == full).Item1 is var first && first != member)
            {
                throw new JsonException($"{first} and {member} are both '{value}'; each is a file of its own");
            }
        }
    }
}
