using static TorchSharp.torch;

namespace Reparam.Training;

/// <summary>A tensor of a dense state: what an export rounds once to its type.</summary>
/// <param name="Name">Name below the module whose state it is.</param>
/// <param name="Type">The type that an export stores.</param>
/// <param name="Value">The values, in this type or in float64.</param>
internal sealed record DenseTensor(string Name, ScalarType Type, Tensor Value);
