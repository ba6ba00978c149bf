using Reparam.Checkpoints;
using Reparam.Compression.BatchNormFolding;

namespace Reparam.Compression.Steps;

/// <summary>
/// <c>foldBatchNorm</c>: batch norms are folded into the layers before them, where the manifests' edges show that they can be (<see cref="BatchNormFolds"/>).
/// The app is told by the packed file's metadata: it runs without them, and gives each layer a bias.
/// </summary>
internal sealed class FoldBatchNormStep() : PlanStep(Name)
{
    public const string Name = "foldBatchNorm";

    /// <inheritdoc/>
    public override StepResult Apply(StepContext context)
    {
        List<string> notes = [];
        var before = FoldedBatchNorms.Read(context.Checkpoint);
        var checkpoint = BatchNormFolding.BatchNormFolding.Apply(context.Checkpoint, BatchNormFolds.Find(context.Checkpoint, context.Plan), notes);
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
}
