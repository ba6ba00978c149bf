using System.Collections.Immutable;

namespace Reparam.Compression.Structures;

/// <summary>A tensor of the folded block, computed in float64 when it is asked for and rounded once to its type.</summary>
/// <param name="Name">Name in the folded block's state dict: <c>main.weight</c>.</param>
/// <param name="Like">Name of the block's tensor whose element type it takes.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Compute">Gives its values, last dimension fastest. May be called more than once, and only while the block's source is open.</param>
public sealed record FoldedTensor(string Name, string Like, ImmutableArray<long> Shape, Func<double[]> Compute);
