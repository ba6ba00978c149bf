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
/// RP0041: a module, parameter or buffer that TorchSharp does not register, because no constructor calls <c>RegisterComponents()</c>, or calls it before the
/// member is assigned. Only the first call counts, that of a base class too.
/// </summary>
/// <remarks>The syntax decides alone. What registers members in a way that it does not show is not reported.</remarks>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RegistrationAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [DiagnosticDescriptors.NotRegistered];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterSymbolAction(Analyze, SymbolKind.NamedType);
    }

    private static void Analyze(SymbolAnalysisContext context)
    {
        if (context.Symbol is not INamedTypeSymbol { TypeKind: TypeKind.Class, IsAbstract: false } type || !type.IsMarked()
            || !Registration.IsOrdinaryModule(type))
        {
            return;
        }

        var constructors = type.InstanceConstructors.Where(c => Registration.Syntax(c) is not null).ToArray();
        if (constructors.Length == 0)
        {
            // A field initializer, or a primary constructor, can call nothing afterwards.
            var calls = Registration.RegisteringBase(type.BaseType) is null && !Registration.Bases(type).Any(Registration.CallsRegister);
            foreach (var member in calls ? Components(type) : [])
            {
                Report(context, member, "no constructor calls RegisterComponents()");
            }

            return;
        }

        var parts = Registration.Parts(type).ToArray();
        foreach (var member in Components(type).Where(m => !Registration.IsRegisteredByHand(m, parts)))
        {
            // An assignment in one constructor is enough for a report: whoever uses that constructor has the layer unregistered.
            foreach (var constructor in constructors)
            {
                if (Problem(member, constructor, type) is { } problem)
                {
                    Report(context, member, problem);
                    break;
                }
            }
        }
    }

    private static string? Problem(ISymbol member, IMethodSymbol constructor, INamedTypeSymbol type)
    {
        var syntax = Registration.Syntax(constructor)!;
        var assignments = AssignmentsTo(member.Name, syntax).ToArray();
        if (syntax.Initializer?.ThisOrBaseKeyword.IsKind(SyntaxKind.ThisKeyword) == true && assignments.Length == 0)
        {
            return null;
        }

        if (Registration.RegisteringBase(type.BaseType) is { } registering)
        {
            return assignments.Length > 0 ? $"the constructor of '{registering.Name}' has called RegisterComponents() before it is assigned" : null;
        }

        var call = syntax.DescendantNodes().OfType<InvocationExpressionSyntax>().FirstOrDefault(c => Registration.Registers(c, type));
        if (call is null)
        {
            return syntax.Initializer?.ThisOrBaseKeyword.IsKind(SyntaxKind.ThisKeyword) == true || HandsItselfOver(syntax)
                ? null
                : "the constructor does not call RegisterComponents()";
        }

        return assignments.Length > 0 && assignments.All(a => a.SpanStart > call.Span.End)
            && call.FirstAncestorOrSelf<AnonymousFunctionExpressionSyntax>() is null
            ? "RegisterComponents() is called before it is assigned"
            : null;
    }

    // this, given away as an argument: a helper may register its members.
    private static bool HandsItselfOver(SyntaxNode constructor) =>
        constructor.DescendantNodes().OfType<ThisExpressionSyntax>().Any(t => t.Parent is ArgumentSyntax);

    private static IEnumerable<SyntaxNode> AssignmentsTo(string name, SyntaxNode constructor) =>
        constructor.DescendantNodes().OfType<AssignmentExpressionSyntax>().Where(a => a.Left switch
        {
            IdentifierNameSyntax target => target.Identifier.ValueText == name,
            MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name: { } target } => target.Identifier.ValueText == name,
            _ => false,
        });

    private static IEnumerable<ISymbol> Components(INamedTypeSymbol type) => type.GetMembers().Where(member => !member.IsStatic && member switch
    {
        IPropertySymbol { IsPartialDefinition: true } property => IsComponent(property.Type),
        IFieldSymbol { IsImplicitlyDeclared: false } field =>
            IsComponent(field.Type) && member.Attribute("System.CodeDom.Compiler.GeneratedCodeAttribute") is null,
        _ => false,
    });

    private static bool IsComponent(ITypeSymbol type) => type.IsOrDerivesFrom(MetadataNames.Module) || type.IsOrDerivesFrom(MetadataNames.Parameter);

    private static void Report(SymbolAnalysisContext context, ISymbol member, string why) =>
        context.ReportDiagnostic(Diagnostic.Create(DiagnosticDescriptors.NotRegistered, member.Locations[0], member.Name, why));
}
