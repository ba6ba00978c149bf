using System.Collections.Immutable;

namespace Reparam.Compression.Allocation;

/// <summary>What the integer program gives.</summary>
/// <param name="Choices">Index of each layer's choice.</param>
/// <param name="Bytes">Bytes of the choices and of the tables that they need.</param>
/// <param name="Gap">By how much the sum of costs may be above the lowest; 0, as a rule, where the choices are proven to be the best.</param>
public sealed record BudgetSolution(ImmutableArray<int> Choices, long Bytes, double Gap);
