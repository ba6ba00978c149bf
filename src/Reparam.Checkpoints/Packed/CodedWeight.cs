using System.Collections.Immutable;

namespace Reparam.Checkpoints.Packed;

/// <summary>What a packed file says of a coded weight, whatever its format.</summary>
/// <param name="Name">Name of the weight.</param>
/// <param name="Method">Name of the method that coded it, such as <c>shiftadd</c>. It tells where the codes come from; readers need the format alone.</param>
/// <param name="Shape">Shape of the weight: [rows, …]; the product of the dimensions behind the first is the number of columns.</param>
/// <param name="DType">Element type of the weight in the source checkpoint; it is decoded to F32 whatever it was.</param>
public sealed record CodedWeight(string Name, string Method, ImmutableArray<long> Shape, DType DType);
