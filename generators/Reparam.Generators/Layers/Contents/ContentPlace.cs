using Microsoft.CodeAnalysis;

namespace Reparam.Generators.Layers.Contents;

/// <summary>A child of a module class.</summary>
/// <param name="Name">
/// Its name in the state dict, <see cref="ModuleContent.Index"/> or <see cref="ModuleContent.AnyName"/>; empty where the class may have anything below it.
/// </param>
/// <param name="Member">The member that holds it; null where none does.</param>
/// <param name="Owner">The class that declares it.</param>
/// <param name="Content">What it may be.</param>
internal sealed record ContentPlace(string Name, ISymbol? Member, INamedTypeSymbol Owner, ModuleContent Content);
