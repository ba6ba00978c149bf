using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Reparam.Generators.Common;
using Reparam.Generators.Diagnostics;
using Reparam.Generators.Layers;
using Reparam.Generators.Layers.Contents;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Analyzers;

/// <summary>RP0015, RP0019 and RP0020: attributes that reach no layer, and members that cannot hold what a method makes of their layer.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ReachAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [DiagnosticDescriptors.NoTarget, DiagnosticDescriptors.ReachesNothing, DiagnosticDescriptors.CannotHold];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        if (context.Symbol is not INamedTypeSymbol { TypeKind: TypeKind.Class } type || !type.IsMarked() || !type.CanTakePart()
            || !type.IsOrDerivesFrom(MetadataNames.Module))
        {
            return;
        }

        var ofClass = MethodUse.From(type, MethodScope.Class).Where(IsMeant).ToArray();
        var members = ContentReader.MembersOf(type).Where(m => MethodUse.From(m.Member, MethodScope.Property).Any(IsMeant)).ToArray();
        if (ofClass.Length == 0 && members.Length == 0)
        {
            return;
        }

        var reader = new ContentReader(context.Compilation, context.CancellationToken);
        var places = reader.PlacesOf(type).Select(place => (Place: place, Leaves: new ContentLeaves(place, reader))).ToArray();
        foreach (var use in ofClass)
        {
            ReportClass(context, type, use, places);
        }

        foreach (var (name, member, _) in members)
        {
            var held = places.Where(p => p.Place.Name == name).ToArray();
            foreach (var use in MethodUse.From(member, MethodScope.Property).Where(IsMeant))
            {
                // Of a layer of another kind RP0009 tells.
                if (held.All(p => p.Leaves.Kinds.Count == 0))
                {
                    context.ReportDiagnostic(Diagnostic.Create(
                        DiagnosticDescriptors.ReachesNothing, use.Attribute.Location(), use.Name(), member.Name, Holds(held.Select(p => p.Leaves))));
                }
                else if (member is IFieldSymbol field)
                {
                    ReportNarrow(context, use, member, field.Type);
                }
            }
        }
    }

    private static void ReportClass(
        SymbolAnalysisContext context, INamedTypeSymbol type, MethodUse use, (ContentPlace Place, ContentLeaves Leaves)[] places)
    {
        var layers = MethodContract.Read(use.Class, context.Compilation).Layers;
        var fitting = places.Where(p => p.Place.Name.Length == 0 || p.Leaves.Kinds.Any(kind => (layers & (int)kind) != 0)).ToArray();
        if (fitting.Length == 0)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                DiagnosticDescriptors.ReachesNothing, use.Attribute.Location(), use.Name(), type.Name, Holds(places.Select(p => p.Leaves))));
            return;
        }

        var taken = fitting.Where(p => IsTaken(p.Place, p.Leaves, use)).ToArray();
        if (use.Targets is { } pattern && TargetsAnalyzer.Problem(pattern) is null)
        {
            foreach (var alternative in use.Alternatives().Where(alternative => !fitting.Any(p => IsTaken(p.Place, p.Leaves, alternative))))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    DiagnosticDescriptors.NoTarget, use.Attribute.ArgumentLocation("Targets"), use.Name(), type.Name, alternative.Targets));
            }
        }

        foreach (var (place, _) in taken.Where(p => p.Place.Member is not null && SymbolEqualityComparer.Default.Equals(p.Place.Owner, type)))
        {
            var isOverridden = MethodUse.From(place.Member!, MethodScope.Property).Any(own => SymbolEqualityComparer.Default.Equals(own.Class, use.Class));
            if (!isOverridden && place.Member is IFieldSymbol { Type: { } fieldType })
            {
                ReportNarrow(context, use, place.Member, fieldType);
            }
            else if (!isOverridden && place.Member is IPropertySymbol { Type: { } propertyType })
            {
                ReportNarrow(context, use, place.Member, propertyType);
            }
        }
    }

    private static bool IsTaken(ContentPlace place, ContentLeaves leaves, MethodUse use) => use.Targets is null || place.Name.Length == 0
        || use.Matches(place.Name) || leaves.MayTake(use) || (place.Member is not null && use.Matches(place.Member.Name));

    // A field of type Linear, or a list or an array of it.
    private static void ReportNarrow(SymbolAnalysisContext context, MethodUse use, ISymbol member, ITypeSymbol type)
    {
        var held = type switch
        {
            IArrayTypeSymbol array => array.ElementType,
            INamedTypeSymbol { TypeArguments: { Length: > 0 } arguments } when !ModuleTypes.IsBase(type) => arguments[arguments.Length - 1],
            _ => type,
        };
        if (LayerKindFacts.Of(held) is { } kind && use.Wraps(context.Compilation, kind)
            && (MethodContract.Read(use.Class, context.Compilation).Layers & (int)kind) != 0)
        {
            context.ReportDiagnostic(Diagnostic.Create(
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
