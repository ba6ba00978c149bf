using System.Collections.Immutable;

namespace Reparam.Training;

/// <summary>What <see cref="SequentialCompression"/> found.</summary>
/// <param name="Layers">The layers, in the order in which they were coded.</param>
/// <param name="NotReached">Weights whose layers did not run: nothing is known of their inputs.</param>
public sealed record SequentialResult(ImmutableArray<SequentialLayer> Layers, ImmutableArray<string> NotReached);
