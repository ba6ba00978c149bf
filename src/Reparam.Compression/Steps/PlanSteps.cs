using System.Collections.Immutable;
using System.Text.Json;
using Reparam.Build.Text;
using Reparam.Checkpoints;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Plans;
using Reparam.Compression.Reports;

namespace Reparam.Compression.Steps;

/// <summary>The kinds of steps that a plan may have.</summary>
public static class PlanSteps
{
    private static ImmutableArray<PlanStep> kinds =
    [
        new FoldStructuresStep(),
        new FoldBatchNormStep(),
        new CodeStep(),
    ];

    /// <summary>All of them: ours, then those that were registered.</summary>
    public static ImmutableArray<PlanStep> All => kinds;

    /// <summary>Adds a kind of another assembly. Adding an object of a class that is there already does nothing.</summary>
    /// <param name="step">The kind.</param>
    /// <exception cref="ArgumentException">Another kind has its name.</exception>
    public static void Register(PlanStep step)
    {
        ArgumentNullException.ThrowIfNull(step);
        ImmutableInterlocked.Update(ref kinds, known =>
        {
            if (known.Any(other => other.GetType() == step.GetType()))
            {
                return known;
            }

            return known.FirstOrDefault(other => other.Kind == step.Kind) is { } taken
                ? throw new ArgumentException($"{step.GetType().FullName} is a step '{step.Kind}', and {taken.GetType().FullName} is one already")
                : known.Add(step);
        });
    }

    /// <summary>
    /// The steps of a plan: those that it writes, or the default ones: <c>foldStructures</c>, <c>foldBatchNorm</c> if it is not switched off, <c>code</c>.
    /// </summary>
    public static IReadOnlyList<PlanStepEntry> Of(BuildPlan plan)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return plan.Steps ??
        [
            .. ((string[])[FoldStructuresStep.Name, FoldBatchNormStep.Name, CodeStep.Name])
                .Where(kind => kind != FoldBatchNormStep.Name || plan.FoldBatchNorm != false)
                .Select(kind => new PlanStepEntry { Kind = kind }),
        ];
    }

    /// <summary>Does the steps of a plan, one after the other. No coding is done yet, and nothing is written.</summary>
    /// <param name="checkpoint">The dense checkpoint; must stay open as long as the result is read.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="CompressionException">RPB0102: a kind or an option is unknown, the plan has no step <c>code</c> or two, or a step did what it does
    /// not say; and what the steps refuse.</exception>
    public static StepRun Run(ICheckpoint checkpoint, BuildPlan plan, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(plan);
        var entries = Of(plan);
        var steps = entries.Select(entry => Find(checkpoint, entry)).ToArray();
        if (entries.Count(entry => entry.Kind == CodeStep.Name) is not 1 and var count)
        {
            throw Refuse(checkpoint, $"the plan has {count} steps '{CodeStep.Name}'; it has one");
        }

        var results = ImmutableArray<StepResult>.Empty;
        var (current, manifests) = (checkpoint, plan);
        ImmutableArray<LayerPlan> layers = [];
        foreach (var (step, entry) in steps.Zip(entries))
        {
            cancellation.ThrowIfCancellationRequested();
            var result = Apply(step, new StepContext(current, manifests, entry.Options ?? new Dictionary<string, JsonElement>(), results, cancellation));
            if (Problem(current, layers, result) is { } problem)
            {
                throw Refuse(checkpoint, $"the step '{step}' {problem}");
            }

            (current, manifests) = (result.Checkpoint, result.Plan);
            layers = result.Layers.IsDefault ? layers : result.Layers;
            results = results.Add(result);
        }

        return new StepRun(
            current, manifests, layers,
            [.. steps.Zip(results, (step, result) => new StepReport(step.Kind, result.Did, result.Reads, result.Writes, result.Drops))],
            [.. results.SelectMany(result => result.Notes)],
            [.. results.SelectMany(result => result.Warnings)]);
    }

    private static PlanStep Find(ICheckpoint checkpoint, PlanStepEntry entry)
    {
        var known = kinds;
        var step = known.FirstOrDefault(kind => kind.Kind == entry.Kind)
            ?? throw Refuse(checkpoint, $"the plan has a step '{Printable.Of(entry.Kind)}'{Hint(entry.Kind)}; known: {string.Join(", ", known)}");
        string Hint(string name) => NearestName.Hint(name, known.Select(kind => kind.Kind));
        var options = step.OptionNames.Count == 0 ? "none" : string.Join(", ", step.OptionNames);
        return entry.Options?.Keys.FirstOrDefault(name => !step.OptionNames.Contains(name)) is { } other
            ? throw Refuse(checkpoint, $"the step '{step}' has no option '{Printable.Of(other)}'; it has {options}")
            : step;
    }

    private static StepResult Apply(PlanStep step, StepContext context)
    {
        try
        {
            return step.Apply(context);
        }
        catch (Exception exception) when (exception is ArgumentException || (context.Options.Count > 0 && IsOfJson(exception)))
        {
            // An option of another type is told by whoever reads it from the JSON.
            throw Refuse(context.Checkpoint, $"the step '{step}': {exception.Message}");
        }
    }

    private static bool IsOfJson(Exception exception) => exception is InvalidOperationException or FormatException;

    // What a step says is what checks and reports go by, so it is held to it.
    private static string? Problem(ICheckpoint before, ImmutableArray<LayerPlan> coded, StepResult result)
    {
        var after = result.Checkpoint;
        var (writes, drops) = (result.Writes.ToHashSet(StringComparer.Ordinal), result.Drops.ToHashSet(StringComparer.Ordinal));
        string? First(IEnumerable<string> names, Func<string, bool> isWrong, string what) =>
            names.FirstOrDefault(isWrong) is { } name ? $"{what} '{name}'" : null;
        bool IsNew(string name) => !before.Contains(name) || !Same(before.Info(name), after.Info(name));
        return First(result.Reads, name => !before.Contains(name), "says that it reads a tensor that is not there:")
            ?? First(drops, name => !before.Contains(name) || after.Contains(name), "says that it drops a tensor that was not there or still is:")
            ?? First(writes, name => !after.Contains(name), "says that it writes a tensor that is not there:")
            ?? First(before.Names, name => !after.Contains(name) && !drops.Contains(name), "drops a tensor and does not say so:")
            ?? First(after.Names, name => !writes.Contains(name) && IsNew(name), "writes a tensor and does not say so:")
            ?? First(
                coded.Select(layer => layer.Tensor), name => writes.Contains(name) || drops.Contains(name), "changes a tensor that a step before it codes:");
    }

    private static bool Same(TensorInfo first, TensorInfo second) => first.DType == second.DType && first.Shape.SequenceEqual(second.Shape);

    private static CompressionException Refuse(ICheckpoint checkpoint, string problem) =>
        new(checkpoint.Path, CompressionDiagnostics.InvalidOption.With(problem));
}
