using System.Collections.Immutable;
using Reparam.Checkpoints;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Plans;
using Reparam.Compression.Reports;

namespace Reparam.Compression.Steps;

/// <summary>What all steps of a plan left.</summary>
/// <param name="Checkpoint">The checkpoint that is packed; what steps changed is computed when it is read.</param>
/// <param name="Plan">The plan, with the manifests that steps replaced.</param>
/// <param name="Layers">The weights that are coded.</param>
/// <param name="Steps">What was done, for the report.</param>
/// <param name="Notes">Sentences for the user.</param>
/// <param name="Warnings">Warnings for the user.</param>
public sealed record StepRun(
    ICheckpoint Checkpoint, BuildPlan Plan, ImmutableArray<LayerPlan> Layers, ImmutableArray<StepReport> Steps, ImmutableArray<string> Notes,
    ImmutableArray<CompressionProblem> Warnings);
