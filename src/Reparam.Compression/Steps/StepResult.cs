using System.Collections.Immutable;
using Reparam.Checkpoints;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Plans;

namespace Reparam.Compression.Steps;

/// <summary>What a step of a plan left and did.</summary>
public sealed record StepResult
{
    /// <summary>The checkpoint that the steps behind see.</summary>
    public required ICheckpoint Checkpoint { get; init; }

    /// <summary>The plan that they see.</summary>
    public required BuildPlan Plan { get; init; }

    /// <summary>Names of tensors that are read, all of them of the checkpoint before.</summary>
    public ImmutableArray<string> Reads { get; init; } = [];

    /// <summary>Names of tensors that are new or have other values now, all of them of <see cref="Checkpoint"/>.</summary>
    public ImmutableArray<string> Writes { get; init; } = [];

    /// <summary>Names of tensors of the checkpoint before that <see cref="Checkpoint"/> lacks.</summary>
    public ImmutableArray<string> Drops { get; init; } = [];

    /// <summary>
    /// Names of tensors that the app takes, or does without, because of the step, whatever the manifests say: the check of the model's state says nothing of
    /// them where they are there and no class has them, or a class has them and they are not there.
    /// </summary>
    public ImmutableArray<string> Settled { get; init; } = [];

    /// <summary>The weights that are coded; default where the step says nothing of it.</summary>
    public ImmutableArray<LayerPlan> Layers { get; init; }

    /// <summary>What was done, a few words each, for the report: <c>bn1 into conv1</c>.</summary>
    public ImmutableArray<string> Did { get; init; } = [];

    /// <summary>Sentences for the user.</summary>
    public ImmutableArray<string> Notes { get; init; } = [];

    /// <summary>Warnings for the user.</summary>
    public ImmutableArray<CompressionProblem> Warnings { get; init; } = [];
}
