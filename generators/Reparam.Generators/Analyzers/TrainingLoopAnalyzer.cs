using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Reparam.Generators.Common;
using Reparam.Generators.Diagnostics;

namespace Reparam.Generators.Analyzers;

/// <summary>
/// RP0040: a member that runs a backward pass and steps an optimizer for a model whose methods need further calls, in a file that never makes them. A call
/// anywhere in the file counts,
/// so that helpers raise no alarm.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TrainingLoopAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [DiagnosticDescriptors.MissingStepCall];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSemanticModelAction(Analyze);
    }

    private static void Analyze(SemanticModelAnalysisContext context)
    {
        var model = context.SemanticModel;
        var calls = model.SyntaxTree.GetRoot(context.CancellationToken).DescendantNodes().OfType<InvocationExpressionSyntax>()
            .Where(c => c.Expression is MemberAccessExpressionSyntax).ToLookup(c => ((MemberAccessExpressionSyntax)c.Expression).Name.Identifier.ValueText);
        if (!calls.Contains("step") || !calls.Contains("backward"))
        {
            return;
        }

        foreach (var step in calls["step"].Where(c => IsOn(c, MetadataNames.Optimizer, model)))
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            var member = Member(step);
            var backward = calls["backward"].FirstOrDefault(c => Member(c) == member && IsOn(c, MetadataNames.Tensor, model));
            if (backward is null || calls["step"].First(c => Member(c) == member) != step || ModelIn(member, model) is not { } found)
            {
                continue;
            }

            Report(
                context, calls, TrainingNeeds.AfterStep, step, found, $"{found.Name}.AfterOptimizerStep()",
                "right after the optimizer's step and before the gradients are cleared");
            Report(context, calls, TrainingNeeds.Loss, backward, found, $"{found.Name}.AddReparamLoss(loss)", "of which the backward pass is run");
            Report(
                context, calls, TrainingNeeds.AfterBackward, backward, found, $"{found.Name}.AfterBackward()",
                "after the backward pass and before the optimizer's step");
        }
    }

    private static void Report(
        SemanticModelAnalysisContext context,
        ILookup<string, InvocationExpressionSyntax> calls,
        string call,
        InvocationExpressionSyntax at,
        (string Name, IReadOnlyDictionary<string, string> Needs) found,
        string text,
        string place)
    {
        if (!calls.Contains(call) && found.Needs.TryGetValue(call, out var attribute))
        {
            var properties = ImmutableDictionary<string, string?>.Empty.Add(DiagnosticDescriptors.Call, call).Add(DiagnosticDescriptors.Model, found.Name);
            context.ReportDiagnostic(
                Diagnostic.Create(DiagnosticDescriptors.MissingStepCall, at.GetLocation(), properties, found.Name, attribute, text, place));
        }
    }

    // The first variable of the member whose class needs something.
    private static (string Name, IReadOnlyDictionary<string, string> Needs)? ModelIn(SyntaxNode member, SemanticModel model)
    {
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var name in member.DescendantNodes().OfType<IdentifierNameSyntax>())
        {
            var symbol = model.GetSymbolInfo(name).Symbol;
            var type = symbol switch
            {
                ILocalSymbol local => local.Type,
                IParameterSymbol parameter => parameter.Type,
                IFieldSymbol field => field.Type,
                IPropertySymbol property => property.Type,
                _ => null,
            };
            if (type is INamedTypeSymbol named && seen.Add(symbol!) && named.IsMarked() && TrainingNeeds.Of(named, model.Compilation) is { Count: > 0 } needs)
            {
                return (name.Identifier.Text, needs);
            }
        }

        return null;
    }

    private static bool IsOn(InvocationExpressionSyntax call, string type, SemanticModel model) =>
        model.GetTypeInfo(((MemberAccessExpressionSyntax)call.Expression).Expression).Type.IsOrDerivesFrom(type);

    // A method, an accessor, or the statements at the top of a file.
    private static SyntaxNode Member(SyntaxNode node) =>
        node.FirstAncestorOrSelf<SyntaxNode>(n => n is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or PropertyDeclarationSyntax)
            ?? node.SyntaxTree.GetRoot();
}
