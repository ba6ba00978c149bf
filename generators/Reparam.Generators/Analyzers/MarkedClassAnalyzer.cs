using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Reparam.Generators.Common;
using Reparam.Generators.Diagnostics;
using Reparam.Generators.Structures;
using Reparam.Generators.Twins;

namespace Reparam.Generators.Analyzers;

/// <summary>RP0001 and RP0002: the form of marked classes.</summary>
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
        context.RegisterCompilationStartAction(static start =>
        {
            // Where twins are emitted, their analyzer reports the form: the same sentence twice helps nobody.
            var twinsReportForm = TwinContext.Of(start.Compilation) is not null;
            start.RegisterSymbolAction(symbol => Analyze(symbol, twinsReportForm), SymbolKind.NamedType);
        });
    }

    private static void Analyze(SymbolAnalysisContext context, bool twinsReportForm)
    {
        if (context.Symbol is not INamedTypeSymbol { TypeKind: TypeKind.Class } type || !type.IsMarked())
        {
            return;
        }

        if (!type.IsPartial())
        {
            context.ReportDiagnostic(Diagnostic.Create(DiagnosticDescriptors.ClassNotPartial, type.Locations[0], type.Name));
        }

        // A twin's own report of the form does not know of this one.
        if (type.IsFileLocal)
        {
            context.ReportDiagnostic(Diagnostic.Create(DiagnosticDescriptors.ClassForm, type.Locations[0], type.Name, "file-local"));
            return;
        }

        var form = type.ContainingType is not null ? "nested"
            : type.IsGenericType ? "generic"
            : type.IsRecord ? "a record"
            : type.HasPrimaryConstructor() ? "declared with a primary constructor"
            : null;
        // A structure has no twin of its own to be reported for.
        if (form is not null && (!twinsReportForm || StructureFacts.FoldedOf(type) is not null))
        {
            context.ReportDiagnostic(Diagnostic.Create(DiagnosticDescriptors.ClassForm, type.Locations[0], type.Name, form));
        }
    }
}
