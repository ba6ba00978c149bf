using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Reparam.Generators.Diagnostics;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Analyzers;

/// <summary>RP0010 and RP0018: the method class behind an attribute, at each use.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class MethodContractAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [DiagnosticDescriptors.BrokenContract, DiagnosticDescriptors.InputMapNotShipped];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(
            static symbol => Analyze(((INamedTypeSymbol)symbol.Symbol).MethodUses(), symbol.Compilation, symbol.ReportDiagnostic), SymbolKind.NamedType);
        context.RegisterCompilationAction(
            static c => Analyze(MethodUse.From(c.Compilation.Assembly, MethodScope.Assembly), c.Compilation, c.ReportDiagnostic));
    }

    private static void Analyze(IEnumerable<MethodUse> uses, Compilation compilation, Action<Diagnostic> report)
    {
        foreach (var use in uses)
        {
            var contract = MethodContract.Read(use.Class, compilation);
            if (contract.Problem is { } problem)
            {
                report(Diagnostic.Create(DiagnosticDescriptors.BrokenContract, use.Attribute.Location(), use.Name(), problem));
            }
            else if (contract.Kind != ReparamKind.PostTraining && contract.ModelOf(use)?.Input is { } input && !input.Map.Contains("training"))
            {
                // With the parameter it may give x back in evaluation; without it it surely maps there too.
                report(Diagnostic.Create(DiagnosticDescriptors.InputMapNotShipped, use.Attribute.Location(), use.Name()));
            }
        }
    }
}
