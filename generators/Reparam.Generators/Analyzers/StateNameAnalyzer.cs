using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Reparam.Generators.Common;
using Reparam.Generators.Diagnostics;
using Reparam.Generators.Layers;

namespace Reparam.Generators.Analyzers;

/// <summary>
/// RP0016: members of a marked class, or of one and its marked bases, that TorchSharp would register under one name. It skips the second without a word.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StateNameAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [DiagnosticDescriptors.SameStateName];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        if (context.Symbol is not INamedTypeSymbol { TypeKind: TypeKind.Class } type || !type.IsMarked() || !type.IsOrDerivesFrom(MetadataNames.Module))
        {
            return;
        }

        var taken = new Dictionary<string, ISymbol>();
        foreach (var (name, member) in Bases(type).SelectMany(Components))
        {
            if (!taken.TryGetValue(name, out var first))
            {
                taken.Add(name, member);
            }
            else if (SymbolEqualityComparer.Default.Equals(member.ContainingType, type) && !IsOverride(member, first))
            {
                context.ReportDiagnostic(
                    Diagnostic.Create(DiagnosticDescriptors.SameStateName, member.Locations[0], Named(member, type), name, Named(first, type)));
            }
        }
    }

    // From the outermost base inwards: the member that comes second is the one to report.
    private static IEnumerable<INamedTypeSymbol> Bases(INamedTypeSymbol type)
    {
        var chain = new Stack<INamedTypeSymbol>();
        for (var t = type; t is not null && t.IsMarked(); t = t.BaseType)
        {
            chain.Push(t);
        }

        return chain;
    }

    private static IEnumerable<(string Name, ISymbol Member)> Components(INamedTypeSymbol type)
    {
        foreach (var member in type.GetMembers().Where(m => !m.IsStatic && !IsEmitted(m)))
        {
            var held = member switch
            {
                IPropertySymbol { IsPartialDefinition: true } property => property.Type,
                IFieldSymbol { IsImplicitlyDeclared: false } field => field.Type,
                _ => null,
            };
            if (held is not null && (held.IsOrDerivesFrom(MetadataNames.Module) || held.IsOrDerivesFrom(MetadataNames.Tensor)))
            {
                yield return (ModuleParser.StateName(member), member);
            }
        }
    }

    // The backing field that was emitted for a partial property stands for that property.
    private static bool IsEmitted(ISymbol member) => member.Attribute("System.CodeDom.Compiler.GeneratedCodeAttribute") is not null && member is IFieldSymbol;

    private static bool IsOverride(ISymbol member, ISymbol first) =>
        member is IPropertySymbol { OverriddenProperty: { } overridden }
            && SymbolEqualityComparer.Default.Equals(overridden.OriginalDefinition, first.OriginalDefinition);

    private static string Named(ISymbol member, INamedTypeSymbol type) =>
        SymbolEqualityComparer.Default.Equals(member.ContainingType, type) ? member.Name : $"{member.ContainingType.Name}.{member.Name}";
}
