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
        if (context.Symbol is not INamedTypeSymbol { TypeKind: TypeKind.Class, IsAbstract: false } type || !type.IsMarked() || !IsOrdinaryModule(type))
        {
            return;
        }

        var constructors = type.InstanceConstructors.Where(c => Syntax(c) is not null).ToArray();
        if (constructors.Length == 0)
        {
            // A field initializer, or a primary constructor, can call nothing afterwards.
            var calls = RegisteringBase(type.BaseType) is null && !Bases(type).Any(CallsRegister);
            foreach (var member in calls ? Components(type) : [])
            {
                Report(context, member, "no constructor calls RegisterComponents()");
            }

            return;
        }

        var parts = Parts(type).ToArray();
        foreach (var member in Components(type).Where(m => !IsRegisteredByHand(m, parts)))
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
        var syntax = Syntax(constructor)!;
        var assignments = AssignmentsTo(member.Name, syntax).ToArray();
        if (syntax.Initializer?.ThisOrBaseKeyword.IsKind(SyntaxKind.ThisKeyword) == true && assignments.Length == 0)
        {
            return null;
        }

        if (RegisteringBase(type.BaseType) is { } registering)
        {
            return assignments.Length > 0 ? $"the constructor of '{registering.Name}' has called RegisterComponents() before it is assigned" : null;
        }

        var call = syntax.DescendantNodes().OfType<InvocationExpressionSyntax>().FirstOrDefault(c => Registers(c, type));
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

    // RegisterComponents(), or a method of the class that calls it.
    private static bool Registers(InvocationExpressionSyntax call, INamedTypeSymbol type) => Called(call) is { } name
        && (name == "RegisterComponents" || Bases(type).SelectMany(t => t.GetMembers(name)).OfType<IMethodSymbol>().Any(CallsRegister));

    private static bool CallsRegister(INamedTypeSymbol type) => Parts(type).Any(CallsRegister);

    private static bool CallsRegister(IMethodSymbol method) => method.DeclaringSyntaxReferences.Any(r => CallsRegister(r.GetSyntax()));

    private static bool CallsRegister(SyntaxNode node) =>
        node.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(c => Called(c) == "RegisterComponents");

    // this, given away as an argument: a helper may register its members.
    private static bool HandsItselfOver(SyntaxNode constructor) =>
        constructor.DescendantNodes().OfType<ThisExpressionSyntax>().Any(t => t.Parent is ArgumentSyntax);

    private static bool IsRegisteredByHand(ISymbol member, SyntaxNode[] parts) => parts.SelectMany(p => p.DescendantNodes())
        .OfType<InvocationExpressionSyntax>().Any(call => Called(call) is "register_module" or "add_module" or "register_parameter" or "register_buffer" or "ConditionallyRegisterParameter"
            or "ConditionallyRegisterBuffer"
            && call.ArgumentList.DescendantNodes().OfType<IdentifierNameSyntax>().Any(n => n.Identifier.ValueText == member.Name));

    private static string? Called(InvocationExpressionSyntax call) => call.Expression switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax or BaseExpressionSyntax, Name: { } name } => name.Identifier.ValueText,
        _ => null,
    };

    private static IEnumerable<SyntaxNode> AssignmentsTo(string name, SyntaxNode constructor) =>
        constructor.DescendantNodes().OfType<AssignmentExpressionSyntax>().Where(a => a.Left switch
        {
            IdentifierNameSyntax target => target.Identifier.ValueText == name,
            MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name: { } target } => target.Identifier.ValueText == name,
            _ => false,
        });

    // The nearest base in source whose constructor registers: with it, the members of all classes below that come later are left out.
    private static INamedTypeSymbol? RegisteringBase(INamedTypeSymbol? type)
    {
        for (; type is not null; type = type.BaseType)
        {
            if (type.InstanceConstructors.Select(Syntax).OfType<ConstructorDeclarationSyntax>()
                .Any(c => c.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(call => Registers(call, type))))
            {
                return type;
            }
        }

        return null;
    }

    // Containers register what they hold themselves.
    private static bool IsOrdinaryModule(INamedTypeSymbol type)
    {
        var torch = Bases(type).LastOrDefault()?.BaseType;
        return torch is { Name: "Module", ContainingType.Name: "nn" };
    }

    private static IEnumerable<INamedTypeSymbol> Bases(INamedTypeSymbol? type)
    {
        for (; type is { DeclaringSyntaxReferences.IsEmpty: false }; type = type.BaseType)
        {
            yield return type;
        }
    }

    private static IEnumerable<SyntaxNode> Parts(INamedTypeSymbol type) => Bases(type).SelectMany(t => t.DeclaringSyntaxReferences).Select(r => r.GetSyntax());

    private static ConstructorDeclarationSyntax? Syntax(IMethodSymbol constructor) =>
        constructor.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() as ConstructorDeclarationSyntax;

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
