using Reparam.Checkpoints;

namespace Reparam.Merging.Engine;

/// <summary>What becomes of one tensor of the result.</summary>
/// <param name="Info">Name, type and shape in the result.</param>
/// <param name="Copied">Why it is copied; null where it is merged.</param>
/// <param name="From">The checkpoint that alone has it; null for the one that all is copied from.</param>
internal sealed record TensorPlan(TensorInfo Info, string? Copied, Source? From = null);
