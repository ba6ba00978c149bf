using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;
using Reparam.Generators.Layers.Contents;
using Reparam.Generators.Layers.Models;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Layers;

/// <summary>
/// Finds the layers of a class that training-time methods wrap and that no emitted setter sees: plain fields, containers, blocks without a mark, and what is
/// registered by a call.
/// </summary>
internal static class ReplacementParser
{
    // Of more methods that each take some paths, the combinations would be too many.
    private const int MaxConditional = 3;

    private static readonly LayerKind[] AllKinds = (LayerKind[])Enum.GetValues(typeof(LayerKind));

    /// <summary>Reads a class.</summary>
    /// <param name="marked">A class that takes part.</param>
    /// <param name="reader">Reads what it holds.</param>
    /// <param name="assigned">What it assigns.</param>
    public static IEnumerable<ReplacementModel> Parse(MarkedClass marked, ContentReader reader, AssignedTypes assigned)
    {
        if (!marked.Symbol.IsOrDerivesFrom(MetadataNames.Module))
        {
            return [];
        }

        var found = new List<(string Name, string? Targets, EquatableArray<WrapModel> Wraps)>();
        foreach (var place in reader.PlacesOf(marked.Symbol).Where(place => place.Name.Length > 0 && !(place.Owner.IsMarked() && !IsOwn(place, marked))))
        {
            var leaves = new ContentLeaves(place, reader);
            if (leaves.Kinds.Count == 0 || IsDoneBySetter(place, assigned))
            {
                continue;
            }

            foreach (var (targets, uses) in Combinations(place, marked, leaves))
            {
                var wraps = AllKinds.Where(leaves.Kinds.Contains).Select(kind => ModuleParser.ParseWrap(kind, uses, marked.Compilation)).OfType<WrapModel>()
                    .ToEquatableArray();
                if (wraps.Count > 0)
                {
                    found.Add((place.Name, targets, wraps));
                }
            }
        }

        return found.GroupBy(f => (f.Targets, f.Wraps))
            .Select(same => new ReplacementModel(same.Select(f => f.Name).Distinct().ToEquatableArray(), same.Key.Targets, same.Key.Wraps))
            .OrderByDescending(replacement => replacement.Targets?.Length ?? 0);
    }

    private static bool IsOwn(ContentPlace place, MarkedClass marked) => SymbolEqualityComparer.Default.Equals(place.Owner, marked.Symbol);

    // The setter of a partial property has wrapped its layer, or the elements that its list had then.
    private static bool IsDoneBySetter(ContentPlace place, AssignedTypes assigned)
    {
        if (place.Member is not IPropertySymbol { IsPartialDefinition: true } property)
        {
            return false;
        }

        var isList = ModuleTypes.ElementOfList(property.Type) is not null;
        var held = isList ? place.Content.Parts.Select(part => part.Content).ToArray() : [place.Content];
        return held.All(content => !content.IsUnknown && !content.Parts.Any() && content.Classes.All(type => type.IsMarked()))
            && (!isList || !assigned.AddedTo(property).Any());
    }

    // The methods of all layers of a place; before them, where targets take some paths alone, the methods of those.
    private static IEnumerable<(string? Targets, List<MethodUse> Uses)> Combinations(ContentPlace place, MarkedClass marked, ContentLeaves leaves)
    {
        var (type, assembly) = (place.Owner.IsMarked() ? place.Owner : marked.Symbol, marked.Compilation.Assembly);
        var conditional = MethodUse.Of(
            place.Member, type, assembly, use => use.Targets is not null && !IsOfMember(use) && leaves.MayTake(use))
            .Where(use => use.Scope != MethodScope.Property && use.Wraps(marked.Compilation)).Take(MaxConditional).ToArray();
        for (var chosen = (1 << conditional.Length) - 1; chosen >= 0; chosen--)
        {
            var some = conditional.Where((_, i) => (chosen & (1 << i)) != 0).ToArray();
            var uses = MethodUse.Of(place.Member, type, assembly, use => IsOfMember(use) || some.Any(other => other.Attribute == use.Attribute));
            yield return (some.Length == 0 ? null : string.Concat(some.Select(use => $"(?=(?:{use.Targets})$)")) + ".*", uses);
        }

        bool IsOfMember(MethodUse use) =>
            use.Targets is null || use.Matches(place.Name) || (place.Member is not null && use.Matches(place.Member.Name));
    }
}
