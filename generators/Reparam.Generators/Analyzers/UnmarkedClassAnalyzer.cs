using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Reparam.Generators.Common;
using Reparam.Generators.Diagnostics;
using Reparam.Generators.Layers;
using Reparam.Generators.Methods;
using Reparam.Generators.Twins;

namespace Reparam.Generators.Analyzers;

/// <summary>RP0003 and RP0004: annotations in classes that have no mark, and children whose class another library has without one.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class UnmarkedClassAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [DiagnosticDescriptors.UnmarkedClass, DiagnosticDescriptors.UnmarkedChild];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        if (context.Symbol is not INamedTypeSymbol { TypeKind: TypeKind.Class } type)
        {
            return;
        }

        if (type.IsMarked())
        {
            ReportUnmarkedChildren(context, type);
        }
        else
        {
            ReportUses(context, type);
        }
    }

    private static void ReportUses(SymbolAnalysisContext context, INamedTypeSymbol type)
    {
        foreach (var use in type.MethodUses())
        {
            context.ReportDiagnostic(Diagnostic.Create(DiagnosticDescriptors.UnmarkedClass, use.Attribute.Location(), use.Name(), type.Name));
        }
    }

    private static void ReportUnmarkedChildren(SymbolAnalysisContext context, INamedTypeSymbol type)
    {
        foreach (var member in type.GetMembers().Where(m => !m.IsImplicitlyDeclared && !m.IsStatic))
        {
            var memberType = (member as IPropertySymbol)?.Type ?? (member as IFieldSymbol)?.Type;
            var held = memberType is null ? null : ModuleTypes.ElementOfList(memberType) ?? memberType;
            if (held is INamedTypeSymbol module && module.IsOrDerivesFrom(MetadataNames.Module) && !IsTorchSharp(module) && !module.IsMarked()
                && !IsEmitted(module) && !SymbolEqualityComparer.Default.Equals(module.ContainingAssembly, context.Compilation.Assembly)
                && !HasTwin(module, context.Compilation))
            {
                context.ReportDiagnostic(Diagnostic.Create(DiagnosticDescriptors.UnmarkedChild, member.Locations[0], member.Name, module.Name));
            }
        }
    }

    // A class whose source is here is reached without a mark; one of another library may have been reached there.
    private static bool HasTwin(INamedTypeSymbol type, Compilation compilation) => TwinContext.Of(compilation)?.Marked.HasTwin(type) == true;

    private static bool IsTorchSharp(INamedTypeSymbol type) => type.ContainingAssembly.Name == "TorchSharp";

    // A property may be declared with an emitted layer's base to reach its life cycle.
    private static bool IsEmitted(INamedTypeSymbol type) => type.IsOrDerivesFrom(MetadataNames.ReparamLayer);
}
