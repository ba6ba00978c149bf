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
        var layers = ManifestExpander.Expand(context.Checkpoint, context.Plan, notes, warnings, settled);
        return new StepResult
        {
            Checkpoint = context.Checkpoint,
            Plan = context.Plan,
            Layers = layers,
            Reads = [.. layers.Select(layer => layer.Tensor)],
            Did = [.. layers.CountBy(layer => layer.Method.Name).Select(method => $"weights coded by {method.Key}: {method.Value}")],
            Notes = [.. notes],
            Warnings = [.. warnings],
        };
    }
}
