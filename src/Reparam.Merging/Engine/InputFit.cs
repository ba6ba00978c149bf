using System.Collections.Immutable;
using Reparam.Build.Text;
using Reparam.Checkpoints;
using Reparam.Merging.Diagnostics;

namespace Reparam.Merging.Engine;

/// <summary>Compares the headers of all checkpoints, and says what becomes of each tensor.</summary>
internal sealed class InputFit
{
    // To look for a near name among all takes a while; a file in which more names differ is another model.
    private const int NearNames = 20;
    private const string Remedies = "--keep copies it, --skip leaves it out";

    private readonly SourceSet sources;
    private readonly string reference;
    private readonly NamePatterns keep;
    private readonly NamePatterns skip;
    private readonly DType? dtype;
    private readonly List<OperationProblem> problems = [];
    private readonly List<TensorPlan> plans = [];

    private InputFit(SourceSet sources, NamePatterns keep, NamePatterns skip, DType? dtype)
    {
        this.sources = sources;
        reference = sources.Reference.FileName;
        this.keep = keep;
        this.skip = skip;
        this.dtype = dtype;
    }

    /// <summary>What becomes of each tensor, in ordinal order of the names.</summary>
    /// <param name="sources">All checkpoints.</param>
    /// <param name="keep">Tensors that are copied.</param>
    /// <param name="skip">Tensors that are left out.</param>
    /// <param name="dtype">Type of the merged tensors; null for that of the reference.</param>
    /// <exception cref="CheckpointOperationException">RPB0172: the checkpoints do not fit together; all that differs.</exception>
    public static ImmutableArray<TensorPlan> Plan(SourceSet sources, NamePatterns keep, NamePatterns skip, DType? dtype)
    {
        var fit = new InputFit(sources, keep, skip, dtype);
        fit.PlanReference();
        foreach (var source in sources.All.Where(source => source != sources.Reference))
        {
            fit.Compare(source);
        }

        return fit.problems.Count == 0 ? [.. fit.plans.OrderBy(plan => plan.Info.Name, StringComparer.Ordinal)]
            : throw new CheckpointOperationException([.. fit.problems]);
    }

    private void PlanReference()
    {
        foreach (var name in sources.Reference.Checkpoint.Names.Where(name => !skip.Match(name)))
        {
            var info = sources.Reference.Checkpoint.Info(name);
            var copied = keep.Match(name) ? Reasons.Kept
                : DerivedTensors.ReasonToIgnore(info) is { } reason ? $"{Reasons.Derived}: {reason}"
                : FloatElements.IsFloat(info.DType) ? null : Reasons.NotFloat;
            plans.Add(new TensorPlan(copied is null && dtype is { } other ? new TensorInfo(name, other, info.Shape) : info, copied));
        }
    }

    private void Compare(Source source)
    {
        var known = plans.Select(plan => plan.Info.Name).ToHashSet(StringComparer.Ordinal);
        var extra = source.Checkpoint.Names.Where(name => !known.Contains(name) && !skip.Match(name)).ToList();
        var missing = plans.Select(plan => plan.Info.Name).Where(name => !source.Checkpoint.Contains(name)).ToList();
        foreach (var plan in plans.ToList())
        {
            CompareTensor(source, plan, extra, missing.Count);
        }

        foreach (var name in extra)
        {
            var info = source.Checkpoint.Info(name);
            if (keep.Match(name))
            {
                plans.Add(new TensorPlan(info, $"{Reasons.Kept} from {source.FileName}", source));
            }
            else if (DerivedTensors.ReasonToIgnore(info) is null)
            {
                var near = Near(name, missing, extra.Count);
                Add(source, $"found the tensor '{name}' ({info.Describe()}), which {reference} does not have{near}; " +
                    "--keep takes it along, --skip leaves it out");
            }
        }
    }

    private void CompareTensor(Source source, TensorPlan plan, IReadOnlyList<string> extra, int missing)
    {
        var name = plan.Info.Name;
        if (plan.Copied is not null && plan.Copied != Reasons.NotFloat)
        {
            return;
        }

        var expected = plan.From?.Checkpoint.Info(name) ?? sources.Reference.Checkpoint.Info(name);
        if (!source.Checkpoint.Contains(name))
        {
            var near = Near(name, extra, missing);
            Add(source, $"found no tensor '{name}' ({expected.Describe()}), which {reference} has{near}; {Remedies}");
            return;
        }

        var found = source.Checkpoint.Info(name);
        var sameKind = plan.Copied is null ? FloatElements.IsFloat(found.DType) : found.DType == expected.DType;
        if (!sameKind || !found.Shape.AsSpan().SequenceEqual(expected.Shape.AsSpan()))
        {
            Add(source, $"tensor '{name}': found {found.Describe()}, expected {expected.Describe()} as in {reference}; {Remedies}");
        }
    }

    private static string Near(string name, IReadOnlyList<string> candidates, int differing) =>
        differing <= NearNames && NearestName.Of(name, candidates) is { } near ? $" (the nearest name is '{near}')" : "";

    private void Add(Source source, string text) => problems.Add(new OperationProblem(source.Path, OperationCodes.InputsDiffer, text));
}
