using System.Collections.Immutable;
using System.Globalization;
using Reparam.Checkpoints;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Methods;
using Reparam.Compression.Plans;

namespace Reparam.Compression.Allocation;

/// <summary>
/// Chooses a coding for every layer from its method's ladder: all are coded in every way, and the integer program takes the best combination that keeps to the
/// budget.
/// </summary>
public static class BitAllocator
{
    /// <summary>Measures the layers and makes the plan.</summary>
    /// <param name="checkpoint">The dense checkpoint.</param>
    /// <param name="layers">The weights to code; widths count for fixed layers only.</param>
    /// <param name="settings">Cores and calibration.</param>
    /// <param name="allocation">Budget and cost.</param>
    /// <param name="progress">Told of each layer before and after.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="CompressionException">The budget cannot be met, the cost is not known, or weights cannot be coded.</exception>
    /// <exception cref="CheckpointException">The checkpoint cannot be read or is packed already.</exception>
    /// <exception cref="ArgumentException">The budget is not valid.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static BitAllocation Allocate(
        ICheckpoint checkpoint, ImmutableArray<LayerPlan> layers, CompressionSettings settings, AllocationSettings allocation,
        IProgress<AllocationProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(allocation);
        allocation.Budget.Validate();
        CheckpointCompressor.RequireCodable(checkpoint, layers);
        settings = settings with { Sessions = settings.Sessions ?? CodingSessions.Of(checkpoint, layers, settings.Threads) };
        var run = new Run(checkpoint, layers, settings, allocation, progress, cancellation);
        return allocation.Budget.MaxOutputError is { } limit ? run.KeepTo(limit) : run.Minimise();
    }

    private sealed class Run(
        ICheckpoint checkpoint, ImmutableArray<LayerPlan> layers, CompressionSettings settings, AllocationSettings allocation,
        IProgress<AllocationProgress>? progress, CancellationToken cancellation)
    {
        private readonly CodedLayerCache cache = new();
        private readonly List<string> notes = [];

        /// <summary>The lowest sum of costs within the bytes of the budget.</summary>
        public BitAllocation Minimise()
        {
            var cost = ChooseCost();
            var measured = Measure((layer, size) => WaysOf(layer, size, cost));
            var budget = allocation.Budget.BytesFor(measured.Sum(layer => layer.Weights));
            if (cost != AllocationCost.Divergence && Smallest(measured) > budget)
            {
                notes.Add("the usual codings are above the budget: the smallest ones are tried too");
                measured = Measure((layer, size) => Ladders.Of(layer, size));
            }

            var relative = !measured.All(layer => layer.IsCalibrated);
            if (cost == AllocationCost.Output)
            {
                NoteErrors(measured, relative);
            }

            var chosen = Solve(measured, cost, relative, budget);
            var isUniform = false;
            var measure = measured.All(layer => layer.HasDivergence) ? AllocationCost.Divergence : AllocationCost.Output;
            if (BestUniform(measured, measure, relative, budget) is var (width, uniform)
                && Sum(uniform, measured, measure, relative) < Sum(chosen, measured, measure, relative))
            {
                notes.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"the mixed plan is dropped for {width} in every layer: by {Name(measure)} it measures {Sum(chosen, measured, measure, relative):G4}, "
                        + $"above {Sum(uniform, measured, measure, relative):G4}"));
                (chosen, isUniform) = (uniform, true);
            }

            return Finish(measured, chosen, Name(cost), (layer, candidate) => layer.CostOf(candidate, cost, relative), isUniform);
        }

        /// <summary>The smallest coding of each layer that keeps to an error.</summary>
        public BitAllocation KeepTo(double limit)
        {
            var measured = Measure((layer, size) => Ladders.Of(layer, size), candidate => candidate.RelativeError <= limit);
            NoteErrors(measured, measured.Any(layer => !layer.IsCalibrated));
            Candidate[] chosen = [.. measured.Select(layer =>
                layer.Candidates.Where(candidate => candidate.RelativeError <= limit).OrderBy(candidate => candidate.Bytes + candidate.TableBytes)
                    .ThenBy(candidate => candidate.RelativeError).FirstOrDefault()
                ?? layer.Candidates.MinBy(candidate => candidate.RelativeError)!)];
            var problems = measured.Zip(chosen)
                .Where(pair => pair.Second.RelativeError > limit)
                .Select(pair => CompressionDiagnostics.OutputErrorExceeded.With(
                    pair.First.Plan.Tensor, pair.Second.Options.Method.Describe(pair.Second.Options), pair.First.Plan.Fixed ? ", to which it is fixed," : "",
                    pair.Second.RelativeError, limit))
                .ToArray();
            if (problems.Length > 0)
            {
                throw new CompressionException(checkpoint.Path, [.. problems]);
            }

            return Finish(measured, chosen, "error", (_, candidate) => candidate.RelativeError, isUniform: false);
        }

        private AllocationCost ChooseCost()
        {
            var lacking = allocation.Sensitivities is null
                ? "the calibration has none"
                : layers.FirstOrDefault(layer => !layer.Fixed && !WaysOf(layer, SizeOf(layer), AllocationCost.Divergence).Any()) is { } layer
                    ? $"the calibration has none for '{layer.Tensor}' in any coding of {layer.Method} that a budget may choose"
                    : null;
            if (allocation.Cost == AllocationCost.Divergence && lacking is not null)
            {
                throw new CompressionException(checkpoint.Path, CompressionDiagnostics.UnknownDivergence.With(lacking));
            }

            var cost = allocation.Cost ?? (lacking is null ? AllocationCost.Divergence : AllocationCost.Output);
            if (allocation.Cost is null && cost == AllocationCost.Output && settings.Calibration is not null)
            {
                notes.Add(
                    $"the cost is the layers' own output error, which says little of the whole model; rises of its divergence would be better, and {lacking}");
            }

            return cost;
        }

        private IEnumerable<LadderStep> WaysOf(LayerPlan layer, LadderLayer size, AllocationCost cost) => cost == AllocationCost.Divergence
            ? Ladders.Of(layer, size).Where(step => Divergence(layer.Tensor, step.Options) is not null)
            : Ladders.Of(layer, size).Where(step => step.IsUsual);

        private LadderLayer SizeOf(LayerPlan layer)
        {
            var (rows, columns) = MatrixShape.Of(checkpoint.Info(layer.Tensor));
            return new LadderLayer(layer.Tensor, rows, columns);
        }

        private double? Divergence(string tensor, MethodOptions options) => allocation.Sensitivities?.Find(tensor, options);

        private LayerCandidates[] Measure(Func<LayerPlan, LadderLayer, IEnumerable<LadderStep>> ways, Func<Candidate, bool>? enough = null)
        {
            var coder = new CandidateCoder(checkpoint, settings, settings.Sessions!, cache, cancellation);
            var measured = new List<LayerCandidates>(layers.Length);
            var problems = new List<CompressionProblem>();
            foreach (var layer in layers)
            {
                progress?.Report(new AllocationProgress(measured.Count + problems.Count, layers.Length, layer.Tensor));
                try
                {
                    measured.Add(coder.Measure(
                        layer, size => ways(layer, size), options => Divergence(layer.Tensor, options), allocation.Cost == AllocationCost.Criterion, enough));
                }
                catch (Exception exception) when (CheckpointCompressor.ProblemOf(exception) is { } problem)
                {
                    // A table that is learned over several weights fails for each of them, and names the one that is not finite.
                    if (!problems.Contains(problem))
                    {
                        problems.Add(problem);
                    }
                }
            }

            progress?.Report(new AllocationProgress(layers.Length, layers.Length, layers.IsEmpty ? "" : layers[^1].Tensor));
            return problems.Count == 0 ? [.. measured] : throw new CompressionException(checkpoint.Path, [.. problems]);
        }

        private void NoteErrors(LayerCandidates[] measured, bool relative)
        {
            var without = measured.Where(layer => !layer.IsCalibrated).ToArray();
            if (relative)
            {
                notes.Add(
                    without.Length == measured.Length
                        ? "without calibration the error of a layer is its relative weight error"
                        : $"{without.Length} of {measured.Length} layers have no calibration, '{without[0].Plan.Tensor}' the first: their error is the "
                            + "relative weight error, that of the others the relative output error");
            }
        }

        private Candidate[] Solve(LayerCandidates[] measured, AllocationCost cost, bool relative, long budget)
        {
            var tables = new TableIndex(measured);
            BudgetChoice[][] choices =
                [.. measured.Select(
                    layer => layer.Candidates.Select(candidate => tables.Choice(candidate, layer.CostOf(candidate, cost, relative))).ToArray())];
            if (BudgetSolver.Solve(choices, budget, tables.Sizes, cancellation) is not { } solution)
            {
                var weights = measured.Sum(layer => layer.Weights);
                throw new CompressionException(checkpoint.Path, CompressionDiagnostics.BudgetTooSmall.With(
                    allocation.Budget, Smallest(measured), 8.0 * Smallest(measured) / weights));
            }

            if (solution.Gap > 0)
            {
                notes.Add(string.Create(CultureInfo.InvariantCulture, $"the plan is within {solution.Gap:G2} of the least {Name(cost)}"));
            }

            return [.. measured.Select((layer, index) => layer.Candidates[solution.Choices[index]])];
        }

        // The size of the narrowest plan; tables that narrow codings share may count once.
        private static long Smallest(LayerCandidates[] measured)
        {
            var tables = new TableIndex(measured);
            BudgetChoice[][] choices = [.. measured.Select(layer => layer.Candidates.Select(candidate => tables.Choice(candidate, candidate.Bytes)).ToArray())];
            return TableIndex.SizeOf(
                BudgetSolver.Solve(choices, long.MaxValue / 2, tables.Sizes)!.Choices.Select((choice, layer) => measured[layer].Candidates[choice]));
        }

        // One width for all, and one variant for those layers that may have several.
        private static (string Width, Candidate[] Chosen)? BestUniform(LayerCandidates[] measured, AllocationCost measure, bool relative, long budget)
        {
            (string Width, Candidate[] Chosen)? best = null;
            foreach (var pattern in measured.SelectMany(layer => layer.Candidates).DistinctBy(candidate => (candidate.Step.Variant, candidate.Bits)))
            {
                Candidate? Of(LayerCandidates layer) => layer.Plan.Fixed
                    ? layer.Candidates[0]
                    : layer.Candidates.FirstOrDefault(
                        candidate => candidate.Bits == pattern.Bits && (candidate.Step.Variant.Length == 0 || candidate.Step.Variant == pattern.Step.Variant));

                var chosen = measured.Select(Of).OfType<Candidate>().ToArray();
                if (chosen.Length == measured.Length && TableIndex.SizeOf(chosen) <= budget &&
                    (best is null || Sum(chosen, measured, measure, relative) < Sum(best.Value.Chosen, measured, measure, relative)))
                {
                    best = (pattern.Options.Method.Describe(pattern.Options), chosen);
                }
            }

            return best;
        }

        private static double Sum(Candidate[] chosen, LayerCandidates[] measured, AllocationCost cost, bool relative) =>
            measured.Zip(chosen, (layer, candidate) => layer.CostOf(candidate, cost, relative)).Sum();

        private BitAllocation Finish(
            LayerCandidates[] measured, Candidate[] chosen, string cost, Func<LayerCandidates, Candidate, double> costOf, bool isUniform)
        {
            ImmutableArray<LayerPlan> plans =
            [
                .. measured.Zip(chosen, (layer, candidate) => layer.Plan.Fixed
                    ? layer.Plan
                    : layer.Plan with { Options = candidate.Options, Asked = layer.Plan.Asked ?? layer.Plan.Options }),
            ];
            cache.Keep(plans);
            var bytes = TableIndex.SizeOf(chosen);
            var weights = measured.Sum(layer => layer.Weights);
            var plan = new BitPlan
            {
                Version = BitPlan.SupportedVersion,
                Budget = allocation.Budget,
                Cost = cost,
                Uniform = isUniform,
                Bytes = bytes,
                BitsPerWeight = weights == 0 ? 0 : Math.Round(8.0 * bytes / weights, 6),
                Layers = [.. measured.Zip(chosen, (layer, candidate) => new BitPlanLayer(
                    layer.Plan.Tensor, candidate.Options, layer.Plan.Fixed, candidate.Bytes, SixDigits(costOf(layer, candidate))))],
            };
            return new BitAllocation(plan, plans, settings with { Coded = cache }, [.. notes]);
        }

        private static string Name(AllocationCost cost) => cost.ToString().ToLowerInvariant();

        // So that the last bit of a sum shows on no machine.
        private static double SixDigits(double value) => double.Parse(value.ToString("E5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }
}
