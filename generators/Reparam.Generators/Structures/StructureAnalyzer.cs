using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Reparam.Generators.Analyzers;
using Reparam.Generators.Common;
using Reparam.Generators.Diagnostics;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Structures;

/// <summary>RP0014, RP0030, RP0031, and RP0010 of the kind structure: a block, its attribute, and the class that it folds into.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class StructureAnalyzer : DiagnosticAnalyzer
{
    private static readonly SymbolDisplayFormat Parameters = SymbolDisplayFormat.MinimallyQualifiedFormat
        .WithMemberOptions(SymbolDisplayMemberOptions.IncludeParameters)
        .WithParameterOptions(SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName);

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [StructureDescriptors.Placement, StructureDescriptors.FoldedClass, StructureDescriptors.Constructors, DiagnosticDescriptors.BrokenContract];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
        context.RegisterCompilationAction(static c =>
        {
            foreach (var use in MethodUse.From(c.Compilation.Assembly, MethodScope.Assembly).Where(use => use.Kind == ReparamKind.Structure))
            {
                c.ReportDiagnostic(Diagnostic.Create(StructureDescriptors.Placement, use.Attribute.Location(), $"[{use.Name()}] stands on the assembly"));
            }
        });
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        if (context.Symbol is not INamedTypeSymbol { TypeKind: TypeKind.Class } type)
        {
            return;
        }

        foreach (var property in type.GetMembers().OfType<IPropertySymbol>().Where(p => p.PartialDefinitionPart is null))
        {
            foreach (var use in MethodUse.From(property, MethodScope.Property).Where(use => use.Kind == ReparamKind.Structure))
            {
                context.ReportDiagnostic(
                    Diagnostic.Create(StructureDescriptors.Placement, use.Attribute.Location(), $"[{use.Name()}] stands on the property '{property.Name}'"));
            }
        }

        // An attribute in a class without a mark is reported as such (RP0003).
        if (!type.IsMarked())
        {
            return;
        }

        var uses = StructureFacts.UsesOf(type).ToArray();
        if (StructureFacts.FoldedOf(type) is { } folded)
        {
            AnalyzeBlock(context, type, folded, uses);
            return;
        }

        foreach (var use in uses)
        {
            context.ReportDiagnostic(Diagnostic.Create(
                StructureDescriptors.Placement, use.Attribute.Location(),
                $"[{use.Name()}] stands on '{type.Name}', which does not derive from StructureBlock<TFolded>"));
        }
    }

    private static void AnalyzeBlock(SymbolAnalysisContext context, INamedTypeSymbol type, INamedTypeSymbol folded, MethodUse[] uses)
    {
        if (!type.IsAbstract && uses.Length != 1)
        {
            var found = uses.Length == 0 ? "has no structure attribute" : $"has {uses.Length} structure attributes";
            context.ReportDiagnostic(
                Diagnostic.Create(StructureDescriptors.Placement, type.Locations[0], $"'{type.Name}' derives from StructureBlock<{folded.Name}> and {found}"));
        }

        foreach (var use in uses.Where(
            use => MethodContract.Read(use.Class, context.Compilation).Problem is null && StructureFacts.MethodOf(use.Class, context.Compilation) is null))
        {
            var method = MethodContract.Read(use.Class, context.Compilation).Method;
            context.ReportDiagnostic(Diagnostic.Create(
                DiagnosticDescriptors.BrokenContract, use.Attribute.Location(), use.Name(),
                $"'{method}' is not the full metadata name of a class in reach that derives from {MetadataNames.StructureMethod} and has a constructor "
                    + $"without parameters"));
        }

        var problem = !folded.IsMarked() ? "is not marked"
            : folded.IsAbstract ? "is abstract"
            : StructureFacts.FoldedOf(folded) is not null ? "is a structure itself"
            : null;
        if (problem is not null)
        {
            context.ReportDiagnostic(Diagnostic.Create(StructureDescriptors.FoldedClass, type.Locations[0], type.Name, folded.Name, problem));
            return;
        }

        if (type.IsAbstract)
        {
            return;
        }

        var others = Callable(folded).ToArray();
        foreach (var constructor in Callable(type).Where(c => !others.Any(other => HasSameParameters(c, other))))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                StructureDescriptors.Constructors, constructor.Locations[0], Text(constructor), type.Name, folded.Name,
                others.Length == 0 ? "none to call" : string.Join(", ", others.Select(other => $"({Text(other)})"))));
        }
    }

    private static IEnumerable<IMethodSymbol> Callable(INamedTypeSymbol type) =>
        type.InstanceConstructors.Where(c => c.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal);

    // By name too: an argument may be given by it.
    private static bool HasSameParameters(IMethodSymbol constructor, IMethodSymbol other) =>
        constructor.Parameters.Length == other.Parameters.Length && constructor.Parameters.Zip(other.Parameters, (a, b) =>
            a.Name == b.Name && a.RefKind == b.RefKind && SymbolEqualityComparer.Default.Equals(a.Type, b.Type)
            && a.HasExplicitDefaultValue == b.HasExplicitDefaultValue
            && (!a.HasExplicitDefaultValue || Equals(a.ExplicitDefaultValue, b.ExplicitDefaultValue))).All(same => same);

    private static string Text(IMethodSymbol constructor) => string.Join(", ", constructor.Parameters.Select(p => p.ToDisplayString(Parameters)));
}
