using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Layers;

/// <summary>The static types that a member is assigned.</summary>
internal sealed class Assigned
{
    /// <summary>Kinds of layers, each once, in the order of the source.</summary>
    public List<LayerKind> Kinds { get; } = [];

    /// <summary>Marked classes, each once, in the order of the source.</summary>
    public List<INamedTypeSymbol> Marked { get; } = [];

    /// <summary>True if modules are assigned whose class is known and is no layer.</summary>
    public bool HasOthers { get; private set; }

    /// <summary>True if the class assigns the member at all.</summary>
    public bool IsAssigned { get; set; }

    /// <summary>True if something is assigned whose class is not known.</summary>
    public bool HasUnknown { get; set; }

    /// <summary>Records a type; false if it does not tell what the object is.</summary>
    public bool Note(ITypeSymbol type)
    {
        if (LayerKindFacts.Of(type) is { } kind)
        {
            if (!Kinds.Contains(kind))
            {
                Kinds.Add(kind);
            }

            return true;
        }

        if (type is INamedTypeSymbol { IsAbstract: false } named && named.IsOrDerivesFrom(MetadataNames.Module) && !ModuleTypes.IsBase(named))
        {
            HasOthers = true;
            if (named.IsMarked() && !Marked.Any(m => SymbolEqualityComparer.Default.Equals(m, named)))
            {
                Marked.Add(named);
            }

            return true;
        }

        return false;
    }
}
