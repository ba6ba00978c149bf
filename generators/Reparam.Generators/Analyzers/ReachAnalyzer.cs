using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Reparam.Generators.Common;
using Reparam.Generators.Diagnostics;

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
        if (context.Symbol is INamedTypeSymbol { TypeKind: TypeKind.Class } type && type.IsMarked() && type.CanTakePart()
            && type.DeclaringSyntaxReferences.FirstOrDefault(r => !TakesPart.IsEmitted(r.SyntaxTree)) is { } part)
        {
            var compilation = BoundCompilation.Of(context.Compilation);
            foreach (var report in ReachReports.Of(type, part.GetSyntax(context.CancellationToken), compilation, context.CancellationToken))
            {
                context.ReportDiagnostic(report);
            }
        }
    }
}
