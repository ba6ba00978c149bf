using Reparam.Generators.Common;

namespace Reparam.Generators.Structures;

/// <summary>A structure: what its emitted part holds.</summary>
/// <param name="Type">Where the block is declared.</param>
/// <param name="Method">The method class, qualified.</param>
/// <param name="Options">The expression that makes the attribute object again.</param>
internal sealed record StructureModel(TypeName Type, string Method, string Options);
