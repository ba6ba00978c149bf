using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Reparam.Generators.Common;
using Reparam.Generators.Diagnostics;
using Reparam.Generators.Layers;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Analyzers;

/// <summary>RP0008, RP0009 and RP0013: the methods of a layer against the layer that the class assigns.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class LayerMethodsAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        DiagnosticDescriptors.RankTooLarge, DiagnosticDescriptors.KindNotSupported, DiagnosticDescriptors.IllegalComposition,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        if (context.Symbol is not INamedTypeSymbol { TypeKind: TypeKind.Class } type || !type.IsMarked() || !type.CanTakePart())
        {
            return;
        }

        var assigned = new AssignedTypes(type, context.Compilation, context.CancellationToken);
        foreach (var property in type.GetMembers().OfType<IPropertySymbol>().Where(p => p.IsPartialDefinition && ModuleTypes.IsComponent(p.Type)))
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            var uses = MethodUse.Of(property, type, context.Compilation.Assembly);
            if (uses.Count > 0)
            {
                Analyze(context, property, uses, assigned);
            }
        }
    }

    private static void Analyze(SymbolAnalysisContext context, IPropertySymbol property, List<MethodUse> uses, AssignedTypes assigned)
    {
        var types = assigned.Of(property, property.Type);
        var own = uses.Where(u => u.Scope == MethodScope.Property && u.Kind != ReparamKind.Structure).ToArray();
        foreach (var use in own)
        {
            var layers = MethodContract.Read(use.Class, context.Compilation).Layers;
            foreach (var kind in types.Kinds.Where(k => (layers & (int)k) == 0))
            {
                context.ReportDiagnostic(Diagnostic.Create(
                    DiagnosticDescriptors.KindNotSupported, use.Attribute.Location(), use.Name(), property.Name, kind, LayerKindFacts.Describe(layers)));
            }
        }

        ReportComposition(context, property, uses, types);
        ReportRanks(context, property, uses, assigned);
    }

    private static void ReportComposition(SymbolAnalysisContext context, IPropertySymbol property, List<MethodUse> uses, Assigned types)
    {
        var applying = uses.Where(u => types.Kinds.Any(k => (MethodContract.Read(u.Class, context.Compilation).Layers & (int)k) != 0)).ToArray();
        var rule = Composition.BrokenRule(applying.SelectMany(u => KindsOf(u, context.Compilation)))
            ?? (applying.Count(u => u.Kind == ReparamKind.PostTraining) > 1
                ? "a layer takes at most one post-training method, because its weight is stored once"
                : null);
        if (rule is not null)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                DiagnosticDescriptors.IllegalComposition, property.Locations[0], property.Name, string.Join(", ", applying.Select(u => u.Name())), rule));
        }
    }

    private static IEnumerable<ReparamKind> KindsOf(MethodUse use, Compilation compilation) =>
        MethodContract.Read(use.Class, compilation).ModelOf(use) is { } method ? Composition.KindsOf(method) : [use.Kind];

    private static void ReportRanks(SymbolAnalysisContext context, IPropertySymbol property, List<MethodUse> uses, AssignedTypes assigned)
    {
        foreach (var use in uses)
        {
            var parameter = use.Attribute.AttributeConstructor?.Parameters.FirstOrDefault(p => ValueRange.Of(p) is { WithinLayerRank: true });
            if (parameter is null || use.Attribute.ConstructorArguments[parameter.Ordinal].Value is not int rank)
            {
                continue;
            }

            foreach (var (value, model) in assigned.LayersOf(property, property.Type))
            {
                if (LayerSize.Of(value, model, context.CancellationToken) is { } largest && rank > largest)
                {
                    context.ReportDiagnostic(Diagnostic.Create(
                        DiagnosticDescriptors.RankTooLarge, use.Attribute.ArgumentLocation(parameter), rank, use.Name(), value.ToString(), largest));
                    break;
                }
            }
        }
    }
}
