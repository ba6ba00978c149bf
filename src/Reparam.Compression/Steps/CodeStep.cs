using Reparam.Checkpoints;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Plans;

namespace Reparam.Compression.Steps;

/// <summary>
/// <c>code</c>: the manifests are expanded against the checkpoint, the model's state is checked, and the weights of all layers with a post-training method
/// are coded when the packed file is written. A step behind it cannot change them.
/// </summary>
internal sealed class CodeStep() : PlanStep(Name)
{
    public const string Name = "code";

    /// <inheritdoc/>
    public override StepResult Apply(StepContext context)
    {
        List<string> notes = [];
        List<CompressionProblem> warnings = [];
        var settled = context.Before.SelectMany(step => step.Settled).ToHashSet(StringComparer.Ordinal);
        var tied = TiedWeights.Of(context.Checkpoint, context.Plan);
        settled.UnionWith(tied.LeftOut.Keys);
        notes.AddRange(tied.LeftOut.Select(pair => $"'{pair.Key}' is '{pair.Value}' in {context.Plan.Model}, and both are in the checkpoint: stored once"));
        var checkpoint = tied.LeftOut.Count == 0
            ? context.Checkpoint
            : new RewrittenCheckpoint(
                context.Checkpoint, [], tied.LeftOut.Keys.ToHashSet(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal));
        var layers = ManifestExpander.Expand(checkpoint, context.Plan, notes, warnings, settled, tied);
        return new StepResult
        {
            Checkpoint = checkpoint,
            Plan = context.Plan,
            Layers = layers,
            Drops = [.. tied.LeftOut.Keys],
            Reads = [.. layers.Select(layer => layer.Tensor)],
            Did = [.. layers.CountBy(layer => layer.Method.Name).Select(method => $"weights coded by {method.Key}: {method.Value}")],
            Notes = [.. notes],
            Warnings = [.. warnings],
        };
    }
}
