using System.Collections.Immutable;
using System.Text.Json;
using Reparam.Checkpoints;
using Reparam.Compression.Plans;

namespace Reparam.Compression.Steps;

/// <summary>What a step of a plan begins with.</summary>
/// <param name="Checkpoint">The dense checkpoint as the steps before left it.</param>
/// <param name="Plan">The plan as they left it: a step may replace the manifests.</param>
/// <param name="Options">The step's own options as the plan writes them.</param>
/// <param name="Before">What the steps before did, in their order.</param>
/// <param name="Cancellation">Ends the work.</param>
public sealed record StepContext(
    ICheckpoint Checkpoint, BuildPlan Plan, IReadOnlyDictionary<string, JsonElement> Options, ImmutableArray<StepResult> Before,
    CancellationToken Cancellation = default)
{
    /// <summary>A result that says what a rewritten checkpoint writes and drops; its reads are what it writes or drops and was there before.</summary>
    /// <param name="checkpoint">The checkpoint of this context, or one that rewrites it.</param>
    public StepResult Rewritten(ICheckpoint checkpoint)
    {
        var rewritten = checkpoint == Checkpoint ? null : checkpoint as RewrittenCheckpoint
            ?? throw new ArgumentException("a step gives its context's checkpoint, or a RewrittenCheckpoint of it", nameof(checkpoint));
        ImmutableArray<string> drops = rewritten is null ? [] : [.. Checkpoint.Names.Where(rewritten.Removed.Contains)];
        ImmutableArray<string> writes = rewritten is null ? [] : [.. rewritten.Computed];
        return new StepResult
        {
            Checkpoint = checkpoint,
            Plan = Plan,
            Reads = [.. writes.Where(Checkpoint.Contains), .. drops],
            Writes = writes,
            Drops = drops,
        };
    }
}
