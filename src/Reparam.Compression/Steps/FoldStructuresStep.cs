using Reparam.Compression.Structures;

namespace Reparam.Compression.Steps;

/// <summary>
/// <c>foldStructures</c>: blocks that the checkpoint holds in their training form are folded, and the manifests name the folded classes (<see
/// cref="StructureFolding"/>).
/// </summary>
internal sealed class FoldStructuresStep() : PlanStep(Name)
{
    public const string Name = "foldStructures";

    /// <inheritdoc/>
    public override StepResult Apply(StepContext context)
    {
        List<string> notes = [];
        var (checkpoint, plan) = StructureFolding.Apply(context.Checkpoint, context.Plan, notes);
        return context.Rewritten(checkpoint) with { Plan = plan, Did = [.. notes], Notes = [.. notes] };
    }
}
