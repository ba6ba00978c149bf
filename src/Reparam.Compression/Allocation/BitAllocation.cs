using System.Collections.Immutable;
using Reparam.Compression.Plans;

namespace Reparam.Compression.Allocation;

/// <summary>What allocation gives.</summary>
/// <param name="Plan">The plan, to be printed and saved.</param>
/// <param name="Layers">The layers with the plan's codings.</param>
/// <param name="Settings">The settings with what measuring has made: codings, as far as they were kept, and shared tables.</param>
/// <param name="Notes">What the user should know of how the plan was made.</param>
public sealed record BitAllocation(BitPlan Plan, ImmutableArray<LayerPlan> Layers, CompressionSettings Settings, ImmutableArray<string> Notes);
