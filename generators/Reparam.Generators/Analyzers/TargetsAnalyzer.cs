using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Reparam.Generators.Common;
using Reparam.Generators.Diagnostics;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Analyzers;

/// <summary>RP0012: the pattern of <c>Targets</c>.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TargetsAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [DiagnosticDescriptors.BadTargets];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
        context.RegisterCompilationAction(static c => ReportPatterns(MethodUse.From(c.Compilation.Assembly, MethodScope.Assembly), c.ReportDiagnostic));
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        var uses = MethodUse.From(type, MethodScope.Class).ToArray();
        ReportPatterns(uses, context.ReportDiagnostic);
    }

    private static void ReportPatterns(IEnumerable<MethodUse> uses, Action<Diagnostic> report)
    {
        foreach (var use in uses)
        {
            if (use.Targets is { } pattern && Problem(pattern) is { } problem)
            {
                report(Diagnostic.Create(DiagnosticDescriptors.BadTargets, use.Attribute.ArgumentLocation("Targets"), pattern, use.Name(), problem));
            }
        }
    }

    /// <summary>What is wrong with a pattern; null if nothing is.</summary>
    internal static string? Problem(string pattern)
    {
        try
        {
            _ = new Regex(pattern);
            return null;
        }
        catch (ArgumentException exception)
        {
            return exception.Message;
        }
    }
}
