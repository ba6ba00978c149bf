using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Reparam.Generators.Common;
using Reparam.Generators.Layers;

namespace Reparam.Generators.Flow;

/// <summary>Holds what <c>[Feeds(…)]</c> says against the class and its forward.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class FeedsAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [FlowDiagnostics.NoComponent, FlowDiagnostics.Contradiction];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (!type.IsMarked() || !type.CanTakePart() || !type.GetMembers().Any(m => m.Attribute(MetadataNames.Feeds) is not null))
        {
            return;
        }

        var token = context.CancellationToken;
        var components = new FlowComponents(type, context.Compilation, new AssignedTypes(type, context.Compilation, token), token);
        var sources = ForwardFlow.Follow(type, context.Compilation, components, token);
        foreach (var member in type.GetMembers())
        {
            if (member.Attribute(MetadataNames.Feeds) is { ApplicationSyntaxReference: { } place } attribute && components.Of(member) is { } component)
            {
                var location = place.GetSyntax(token).GetLocation();
                foreach (var name in FeedsStatements.Names(attribute).Where(name => FeedsStatements.Find(name, components) is null))
                {
                    context.ReportDiagnostic(Diagnostic.Create(FlowDiagnostics.NoComponent, location, name, type.Name));
                }

                var source = sources.FirstOrDefault(s => s.Component == (component.Element ?? component));
                if (source?.Component is { Unclear: null } && !source.Uses.Any(use => use.IsConditional))
                {
                    Compare(context, member, attribute, source, components, location);
                }
            }
        }
    }

    private static void Compare(
        SymbolAnalysisContext context, ISymbol member, AttributeData attribute, FlowSource source, FlowComponents components, Location location)
    {
        var stated = FeedsStatements.Names(attribute).Select(name => FeedsStatements.Find(name, components)).OfType<FlowComponent>();
        var seen = source.Uses.Where(use => use.Kind == FlowUseKind.Feeds).Select(use => use.Target.Split(':')[0]);
        var others = source.Uses.Any(use => use.Kind != FlowUseKind.Feeds) ? ["other operations"] : Enumerable.Empty<string>();
        var said = Sorted(stated.Select(c => (c.Element ?? c).Path)).ToArray();
        var found = Sorted(seen.Select(path => path.Length > 0 ? path : "the caller")).Concat(others).ToArray();
        if (!said.SequenceEqual(found))
        {
            context.ReportDiagnostic(Diagnostic.Create(FlowDiagnostics.Contradiction, location, member.Name, Text(said), Text(found)));
        }
    }

    private static IEnumerable<string> Sorted(IEnumerable<string> paths) => paths.Distinct().OrderBy(path => path, StringComparer.Ordinal);

    private static string Text(string[] paths) => paths.Length == 0 ? "nothing" : string.Join(", ", paths.Select(path => $"'{path}'"));
}
