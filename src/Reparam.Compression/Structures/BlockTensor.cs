using System.Collections.Immutable;

namespace Reparam.Compression.Structures;

/// <summary>A tensor of a block before folding.</summary>
/// <param name="Name">Name in the block's own state dict: <c>fc1.weight</c>.</param>
/// <param name="Shape">Its dimensions; empty for a scalar.</param>
/// <param name="Read">Gives its values, last dimension fastest. May be called more than once, and only while the block's source is open.</param>
public sealed record BlockTensor(string Name, ImmutableArray<long> Shape, Func<double[]> Read);
