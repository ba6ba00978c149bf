using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Reparam.Generators.Common;
using Reparam.Generators.Diagnostics;
using Reparam.Generators.Layers;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Analyzers;

/// <summary>RP0005 and RP0006: the form of annotated properties.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class AnnotatedPropertyAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [DiagnosticDescriptors.PropertyNotPartial, DiagnosticDescriptors.PropertyForm];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(AnalyzeClass, SymbolKind.NamedType);
    }

    private static void AnalyzeClass(SymbolAnalysisContext context)
    {
        if (((INamedTypeSymbol)context.Symbol).IsMarked())
        {
            foreach (var property in ((INamedTypeSymbol)context.Symbol).GetMembers().OfType<IPropertySymbol>().Where(p => p.PartialDefinitionPart is null))
            {
                Analyze(context, property);
            }
        }
    }

    private static void Analyze(SymbolAnalysisContext context, IPropertySymbol property)
    {
        if (MethodUse.From(property, MethodScope.Property).FirstOrDefault(u => !u.Ignore) is not { } use)
        {
            return;
        }

        if (!property.IsPartialDefinition)
        {
            context.ReportDiagnostic(Diagnostic.Create(DiagnosticDescriptors.PropertyNotPartial, property.Locations[0], property.Name, use.Name()));
            return;
        }

        if (Problem(property, context.Compilation) is var (found, expected))
        {
            context.ReportDiagnostic(Diagnostic.Create(DiagnosticDescriptors.PropertyForm, property.Locations[0], property.Name, found, expected));
        }
    }

    private static (string Found, string Expected)? Problem(IPropertySymbol property, Compilation compilation)
    {
        var held = ModuleTypes.ElementOfList(property.Type) ?? property.Type;

        // A layer that only the build changes may keep its own type; one that is wrapped may not.
        var kind = LayerKindFacts.Of(held);
        var isWrapped = MethodUse.From(property, MethodScope.Property)
            .Any(u => !u.Ignore && (u.Kind is not ReparamKind.PostTraining || u.Wraps(compilation, kind)));
        if (kind is not null ? isWrapped : !held.IsOrDerivesFrom(MetadataNames.Module))
        {
            return ($"has type '{property.Type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}'",
                "'Module<Tensor, Tensor>' or 'ModuleList<Module<Tensor, Tensor>>'");
        }

        if (property.IsStatic)
        {
            return ("is static", "an instance property");
        }

        return property.SetMethod is null ? ("has no setter", "one, private if you like: what is assigned is wrapped in it") : null;
    }
}
