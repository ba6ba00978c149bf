using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Reparam.Generators.Common;

namespace Reparam.Generators.Twins;

/// <summary>
/// Reports, at the user's tokens, what keeps a marked class from having a twin and what its twin cannot do. Silent in projects without the
/// run-time library, for which no twins are emitted.
/// </summary>
/// <remarks>
/// What the model's constructors and overrides reach is an error. Other members, a loss for example, may be for training only: there it is a warning,
/// and the twin's member throws.
/// </remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TwinAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        TwinDiagnostics.NoCounterpart, TwinDiagnostics.NestedOrGeneric, TwinDiagnostics.PrimaryConstructor, TwinDiagnostics.BaseClass,
        TwinDiagnostics.ConstructorParameter, TwinDiagnostics.UnmarkedHelper, TwinDiagnostics.NameTaken,
        TwinDiagnostics.FileLocal,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (TwinContext.Of(start.Compilation) is { } twins)
            {
                start.RegisterSymbolStartAction(symbol => AnalyzeClass(symbol, twins), SymbolKind.NamedType);
            }
        });
    }

    private static void AnalyzeClass(SymbolStartAnalysisContext start, TwinContext twins)
    {
        if (start.Symbol is not INamedTypeSymbol { TypeKind: TypeKind.Class } type || !type.IsMarked())
        {
            return;
        }

        var members = new ConcurrentBag<Member>();
        if (twins.Marked.HasTwin(type))
        {
            start.RegisterSyntaxNodeAction(
                node =>
                {
                    foreach (var member in ((TypeDeclarationSyntax)node.Node).Members)
                    {
                        members.Add(Analyze(member, node.SemanticModel, type, twins, node.CancellationToken));
                    }
                },
                SyntaxKind.ClassDeclaration);
        }

        start.RegisterSymbolEndAction(end =>
        {
            foreach (var refusal in TwinShape.Refusals(type, twins))
            {
                end.ReportDiagnostic(Diagnostic.Create(refusal.Descriptor, refusal.Location, refusal.Arguments));
            }

            foreach (var left in TwinShape.LeftOut(type, twins))
            {
                end.ReportDiagnostic(Diagnostic.Create(
                    TwinDiagnostics.UnmarkedHelper, type.Locations[0], DiagnosticSeverity.Warning, additionalLocations: null, properties: null, left.Name,
                    left.ToDisplayString()));
            }

            Report(members.ToArray(), end);
        });
    }

    private static Member Analyze(
        MemberDeclarationSyntax member, SemanticModel model, INamedTypeSymbol type, TwinContext twins, System.Threading.CancellationToken cancellation)
    {
        var rewriter = new MemberRewriter(twins, model, type, new HashSet<string>(), cancellation);
        rewriter.Visit(member);
        var symbols = member is BaseFieldDeclarationSyntax field
            ? field.Declaration.Variables.Select(v => model.GetDeclaredSymbol(v, cancellation)).OfType<ISymbol>().ToArray()
            : model.GetDeclaredSymbol(member, cancellation) is { } symbol ? [symbol] : [];
        return new Member(symbols, !TypeMap.DerivesFromTorch(type) || symbols.Any(IsAlwaysUsed), rewriter.Findings, rewriter.Uses);
    }

    private static bool IsAlwaysUsed(ISymbol member) =>
        member.IsOverride || member is IFieldSymbol or INamedTypeSymbol or IMethodSymbol { MethodKind: MethodKind.Constructor or MethodKind.StaticConstructor };

    private static void Report(Member[] members, SymbolAnalysisContext end)
    {
        var pending = new Stack<Member>(members.Where(m => m.IsRoot));
        var reached = new HashSet<Member>(pending);
        while (pending.Count > 0)
        {
            var used = pending.Pop().Uses;
            foreach (var next in members.Where(m => m.Symbols.Any(used.Contains) && reached.Add(m)))
            {
                pending.Push(next);
            }
        }

        foreach (var member in members)
        {
            var severity = reached.Contains(member) ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning;
            foreach (var finding in member.Findings.Where(f => !f.IsConsequence))
            {
                end.ReportDiagnostic(
                    Diagnostic.Create(finding.Descriptor, finding.Location, severity, additionalLocations: null, properties: null, finding.Arguments));
            }
        }
    }

    /// <summary>One declaration of the class.</summary>
    private sealed class Member(ISymbol[] symbols, bool isRoot, List<Finding> findings, HashSet<ISymbol> uses)
    {
        public ISymbol[] Symbols { get; } = symbols;

        public bool IsRoot { get; } = isRoot;

        public List<Finding> Findings { get; } = findings;

        public HashSet<ISymbol> Uses { get; } = uses;
    }
}
