using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;
using Reparam.Generators.Diagnostics;
using Reparam.Generators.Layers;
using Reparam.Generators.Layers.Contents;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Analyzers;

/// <summary>
/// What is to be told about where the attributes of a class reach. The generator has bound the bodies that this is read from, so it makes the reports, and the
/// analyzer finds them here.
/// </summary>
internal sealed class ReachReports
{
    private readonly Compilation compilation;
    private readonly List<Diagnostic> reports = [];

    private ReachReports(Compilation compilation) => this.compilation = compilation;

    /// <summary>The reports about a class.</summary>
    /// <param name="type">The class, of any compilation of its files: an analyzer that finds the reports here needs no symbols of the bound one.</param>
    /// <param name="part">A declaration of the class.</param>
    /// <param name="compilation">The compilation as it is bound.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <param name="reader">What was read of the compilation so far; null where nothing was.</param>
    public static IReadOnlyList<Diagnostic> Of(
        INamedTypeSymbol type, SyntaxNode part, Compilation compilation, CancellationToken cancellation, ContentReader? reader = null) =>
        type.IsOrDerivesFrom(MetadataNames.Module)
            ? Remembered<IReadOnlyList<Diagnostic>>.Get(
                compilation, part.SyntaxTree, $"Reach {type.MetadataFullName()}",
                () => compilation.ModelOf(part.SyntaxTree).GetDeclaredSymbol(part, cancellation) is INamedTypeSymbol bound
                    ? new ReachReports(compilation).Make(bound, () => reader ?? new ContentReader(compilation, cancellation))
                    : [],
                cancellation)!
            : [];

    private List<Diagnostic> Make(INamedTypeSymbol type, System.Func<ContentReader> content)
    {
        var ofClass = MethodUse.From(type, MethodScope.Class).Where(IsMeant).ToArray();
        var members = ContentReader.MembersOf(type).Where(m => MethodUse.From(m.Member, MethodScope.Property).Any(IsMeant)).ToArray();
        if (ofClass.Length == 0 && members.Length == 0)
        {
            return reports;
        }

        var reader = content();
        var places = reader.PlacesOf(type).Select(place => (Place: place, Leaves: new ContentLeaves(place, reader))).ToArray();
        foreach (var use in ofClass)
        {
            ReportClass(type, use, places);
        }

        foreach (var (name, member, _) in members)
        {
            var held = places.Where(p => p.Place.Name == name).ToArray();
            foreach (var use in MethodUse.From(member, MethodScope.Property).Where(IsMeant))
            {
                // Of a layer of another kind RP0009 tells.
                if (held.All(p => p.Leaves.Kinds.Count == 0))
                {
                    reports.Add(Diagnostic.Create(
                        DiagnosticDescriptors.ReachesNothing, use.Attribute.Location(), use.Name(), member.Name, Holds(held.Select(p => p.Leaves))));
                }
                else if (member is IFieldSymbol field)
                {
                    ReportNarrow(use, member, field.Type);
                }
            }
        }

        return reports;
    }

    private void ReportClass(INamedTypeSymbol type, MethodUse use, (ContentPlace Place, ContentLeaves Leaves)[] places)
    {
        var layers = MethodContract.Read(use.Class, compilation).Layers;
        var fitting = places.Where(p => p.Place.IsAnywhere || KindsFor(use, p.Leaves).Any(kind => (layers & (int)kind) != 0)).ToArray();
        if (fitting.Length == 0)
        {
            reports.Add(Diagnostic.Create(
                DiagnosticDescriptors.ReachesNothing, use.Attribute.Location(), use.Name(), type.Name, Holds(places.Select(p => p.Leaves))));
            return;
        }

        var taken = fitting.Where(p => IsTaken(p.Place, p.Leaves, use)).ToArray();
        if (use.Targets is { } pattern && TargetsAnalyzer.Problem(pattern) is null)
        {
            foreach (var alternative in use.Alternatives().Where(alternative => !fitting.Any(p => IsTaken(p.Place, p.Leaves, alternative))))
            {
                reports.Add(Diagnostic.Create(
                    DiagnosticDescriptors.NoTarget, use.Attribute.ArgumentLocation("Targets"), use.Name(), type.Name, alternative.Targets));
            }
        }

        foreach (var (place, _) in taken.Where(p => p.Place.Member is not null && SymbolEqualityComparer.Default.Equals(p.Place.Owner, type)))
        {
            var isOverridden = MethodUse.From(place.Member!, MethodScope.Property).Any(own => SymbolEqualityComparer.Default.Equals(own.Class, use.Class));
            if (!isOverridden && place.Member is IFieldSymbol { Type: { } fieldType })
            {
                ReportNarrow(use, place.Member, fieldType);
            }
            else if (!isOverridden && place.Member is IPropertySymbol { Type: { } propertyType })
            {
                ReportNarrow(use, place.Member, propertyType);
            }
        }
    }

    private static IEnumerable<LayerKind> KindsFor(MethodUse use, ContentLeaves leaves) =>
        use.Kind == ReparamKind.PostTraining ? leaves.Kinds.Concat(leaves.OwnKinds) : leaves.Kinds;

    private static bool IsTaken(ContentPlace place, ContentLeaves leaves, MethodUse use) => use.Targets is null || place.IsAnywhere
        || use.Matches(place.Name) || leaves.MayTake(use) || (place.Member is not null && use.Matches(place.Member.Name));

    // A field of type Linear, or a list or an array of it.
    private void ReportNarrow(MethodUse use, ISymbol member, ITypeSymbol type)
    {
        var held = type switch
        {
            IArrayTypeSymbol array => array.ElementType,
            INamedTypeSymbol { TypeArguments: { Length: > 0 } arguments } when !ModuleTypes.IsBase(type) => arguments[arguments.Length - 1],
            _ => type,
        };
        if (LayerKindFacts.Of(held) is { } kind && use.Wraps(compilation, kind)
            && (MethodContract.Read(use.Class, compilation).Layers & (int)kind) != 0)
        {
            reports.Add(Diagnostic.Create(
                DiagnosticDescriptors.CannotHold, member.Locations[0], use.Name(), member.Name,
                type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)));
        }
    }

    private static bool IsMeant(MethodUse use) => !use.Ignore && use.Kind is not ReparamKind.Structure;

    private static string Holds(IEnumerable<ContentLeaves> leaves)
    {
        var names = leaves.SelectMany(l => l.Kinds.Select(kind => kind.ToString()).Concat(l.Others)).Distinct().ToArray();
        return names.Length == 0 ? "no modules" : string.Join(", ", names);
    }
}
