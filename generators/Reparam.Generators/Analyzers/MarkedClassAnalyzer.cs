using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Reparam.Generators.Common;
using Reparam.Generators.Diagnostics;
using Reparam.Generators.Layers;

namespace Reparam.Generators.Analyzers;

/// <summary>RP0001 and RP0002: marked classes of which no further part can be written.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class MarkedClassAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [DiagnosticDescriptors.ClassNotPartial, DiagnosticDescriptors.ClassForm];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        if (context.Symbol is not INamedTypeSymbol { TypeKind: TypeKind.Class } type || !type.IsMarked())
        {
            return;
        }

        if (!type.IsPartial())
        {
            context.ReportDiagnostic(Diagnostic.Create(DiagnosticDescriptors.ClassNotPartial, type.Locations[0], type.Name));
        }
        else if (Form(type) is { } form && NeedsPart(type))
        {
            context.ReportDiagnostic(Diagnostic.Create(DiagnosticDescriptors.ClassForm, type.Locations[0], type.Name, form));
        }
    }

    /// <summary>What keeps a further part of a class from being written; null if nothing does.</summary>
    /// <param name="type">A partial class.</param>
    public static string? Form(INamedTypeSymbol type)
    {
        for (var t = type; t is not null; t = t.ContainingType)
        {
            if (t.IsFileLocal)
            {
                return "file-local";
            }

            if (!t.IsPartial())
            {
                return $"nested in '{t.Name}', which is not partial";
            }
        }

        return null;
    }

    // The twin of a class is a class of its own; parts hold what the methods of its layers need.
    private static bool NeedsPart(INamedTypeSymbol type) => ModuleParser.PartialProperties(type).Any() || type.MethodUses().Any();
}
