using System.Runtime.InteropServices;
using Reparam.Checkpoints;
using Reparam.Compression.Steps;

namespace Reparam.ForeignMethod;

/// <summary>A step of plans that changes the sign of one weight.</summary>
public sealed class NegateStep() : PlanStep("negate")
{
    /// <inheritdoc/>
    public override IReadOnlyCollection<string> OptionNames => ["tensor"];

    /// <inheritdoc/>
    public override StepResult Apply(StepContext context)
    {
        if (!context.Options.TryGetValue("tensor", out var option) || option.GetString() is not { } tensor || !context.Checkpoint.Contains(tensor))
        {
            throw new ArgumentException("tensor is missing or names no tensor of the checkpoint");
        }

        var source = context.Checkpoint;
        byte[] Compute() => MemoryMarshal.AsBytes<float>(source.ReadSingles(tensor).Select(value => -value).ToArray()).ToArray();
        var negated = new RewrittenCheckpoint(
            source, [(new TensorInfo(tensor, DType.F32, source.Info(tensor).Shape), Compute)], new HashSet<string>(), new Dictionary<string, string>());
        return context.Rewritten(negated) with { Did = [tensor] };
    }
}
