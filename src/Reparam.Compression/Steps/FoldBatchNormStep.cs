using System.Collections.Immutable;
using Reparam.Checkpoints;
using Reparam.Compression.BatchNormFolding;
using Reparam.Compression.Calibration;
using Reparam.Compression.Plans;

namespace Reparam.Compression.Steps;

/// <summary>
/// <c>foldBatchNorm</c>: batch norms are folded into the layers before them, where the manifests' edges show that they can be (<see cref="BatchNormFolds"/>).
/// The app is told by the packed file's metadata: it runs without them, and gives each layer a bias. A layer with a target in the calibration keeps its batch
/// norm: the target stands for the weight in front of it.
/// </summary>
internal sealed class FoldBatchNormStep() : PlanStep(Name)
{
    public const string Name = "foldBatchNorm";

    /// <inheritdoc/>
    public override StepResult Apply(StepContext context)
    {
        List<string> notes = [];
        var before = FoldedBatchNorms.Read(context.Checkpoint);
        var targets = Targets(context.Plan, context.Cancellation);
        var folds = BatchNormFolds.Find(context.Checkpoint, context.Plan)
            .ToLookup(fold => targets.Contains(fold.Layer) || targets.Contains(fold.Layer + ".weight"));
        notes.AddRange(folds[true].Select(fold =>
            $"the batch norm '{fold.BatchNorm}' stays: the calibration has a target for the weight of '{fold.Layer}' as it is without it"));
        var checkpoint = BatchNormFolding.BatchNormFolding.Apply(context.Checkpoint, [.. folds[false]], notes);
        var folded = FoldedBatchNorms.Read(checkpoint).Where(fold => !before.ContainsKey(fold.Key)).ToArray();
        if (folded.Length > 0)
        {
            notes.Add($"folded into the layers before them: {string.Join(", ", folded.Select(fold => fold.Key))}");
        }

        var result = context.Rewritten(checkpoint);
        return result with
        {
            Settled = [.. result.Drops, .. result.Writes],
            Did = [.. folded.Select(fold => $"{fold.Key} into {fold.Value}")],
            Notes = [.. notes],
        };
    }

    // The layers, by the names that the file has for them.
    private static ImmutableHashSet<string> Targets(BuildPlan plan, CancellationToken cancellation)
    {
        if (plan.Calibration is null)
        {
            return [];
        }

        using var file = CalibrationFile.Open(plan.Calibration, plan.Threads, cancellation);
        return [.. file.Layers.Where(layer => layer.Value.Target is not null).Select(layer => layer.Key)];
    }
}
