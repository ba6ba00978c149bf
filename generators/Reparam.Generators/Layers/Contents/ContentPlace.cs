using Microsoft.CodeAnalysis;

namespace Reparam.Generators.Layers.Contents;

/// <summary>A child of a module class.</summary>
/// <param name="Name">
/// Its name in the state dict, <see cref="ModuleContent.Index"/> or <see cref="ModuleContent.AnyName"/>; empty for the class itself, which is a layer by its
/// own code, or may have anything below it.
/// </param>
/// <param name="Member">The member that holds it, for the class itself that of the weight; null where none does.</param>
/// <param name="Owner">The class that declares it.</param>
/// <param name="Content">What it may be.</param>
internal sealed record ContentPlace(string Name, ISymbol? Member, INamedTypeSymbol Owner, ModuleContent Content)
{
    /// <summary>True if the class may have anything below it.</summary>
    public bool IsAnywhere => Name.Length == 0 && Member is null;
}
