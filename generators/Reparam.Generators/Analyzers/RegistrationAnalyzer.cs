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
/// RP0041: a module, parameter or buffer that TorchSharp does not register, because no constructor of a root calls <c>RegisterComponents()</c>, or one calls
/// it before the member is assigned, or because nothing assigns it. Only the first call counts, that of a base class too. A part of another module may leave
/// the call to <c>register_module</c>, which makes it.
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

        var unassigned = Components(type).Where(IsNeverAssigned).ToArray();
        foreach (var member in unassigned)
        {
            Report(context, member, "nothing assigns it");
        }

        var isRoot = type.Attribute(MetadataNames.ReparamModel) is not null;
        var constructors = type.InstanceConstructors.Where(c => Registration.Syntax(c) is not null).ToArray();
        if (constructors.Length == 0)
        {
            // A field initializer, or a primary constructor, can call nothing afterwards.
            var calls = isRoot && Registration.RegisteringBase(type.BaseType) is null && !Registration.Bases(type).Any(Registration.CallsRegister);
            foreach (var member in calls ? Components(type).Except(unassigned, SymbolEqualityComparer.Default).OfType<ISymbol>() : [])
            {
                Report(context, member, "no constructor calls RegisterComponents()");
            }

            return;
        }

        var byHand = Registration.RegisteredByHand(Registration.Parts(type));
        var registering = Registration.RegisteringBase(type.BaseType);
        var facts = constructors.Select(c => new Constructor(Registration.Syntax(c)!, type)).ToArray();
        foreach (var member in Components(type).Except(unassigned, SymbolEqualityComparer.Default).OfType<ISymbol>().Where(m => !byHand.Contains(m.Name)))
        {
            // An assignment in one constructor is enough for a report: whoever uses that constructor has the layer unregistered.
            if (facts.Select(constructor => constructor.Problem(member, registering, isRoot)).FirstOrDefault(problem => problem is not null) is { } first)
            {
                Report(context, member, first);
            }
        }
    }

    private static IEnumerable<ISymbol> Components(INamedTypeSymbol type) => type.GetMembers().Where(member => !member.IsStatic && member switch
    {
        IPropertySymbol { IsPartialDefinition: true } property => IsComponent(property.Type),
        IFieldSymbol { IsImplicitlyDeclared: false } field =>
            IsComponent(field.Type) && member.Attribute("System.CodeDom.Compiler.GeneratedCodeAttribute") is null,
        _ => false,
    });

    // A property with a method that must hold a layer and that only its own class can set.
    private static bool IsNeverAssigned(ISymbol member) => member is IPropertySymbol { NullableAnnotation: not NullableAnnotation.Annotated } property
        && property.SetMethod is null or { DeclaredAccessibility: Accessibility.Private }
        && property.GetAttributes().Any(a => a.AttributeClass.IsOrDerivesFrom(MetadataNames.ReparamAttribute))
        && !Registration.Parts(property.ContainingType).Any(part => Registration.Writes(property.Name, part));

    private static bool IsComponent(ITypeSymbol type) => type.IsOrDerivesFrom(MetadataNames.Module) || type.IsOrDerivesFrom(MetadataNames.Parameter);

    private static void Report(SymbolAnalysisContext context, ISymbol member, string why) =>
        context.ReportDiagnostic(Diagnostic.Create(DiagnosticDescriptors.NotRegistered, member.Locations[0], member.Name, why));

    /// <summary>What a constructor does, read once for all members.</summary>
    private sealed class Constructor
    {
        private readonly ILookup<string, AssignmentExpressionSyntax> assignments;
        private readonly InvocationExpressionSyntax? call;
        private readonly bool callsAnother;
        private readonly bool handsItselfOver;

        public Constructor(ConstructorDeclarationSyntax syntax, INamedTypeSymbol type)
        {
            var nodes = syntax.DescendantNodes().ToArray();
            assignments = nodes.OfType<AssignmentExpressionSyntax>().Where(a => Target(a) is not null).ToLookup(a => Target(a)!);
            call = nodes.OfType<InvocationExpressionSyntax>().FirstOrDefault(c => Registration.Registers(c, type));
            callsAnother = syntax.Initializer?.ThisOrBaseKeyword.IsKind(SyntaxKind.ThisKeyword) == true;

            // this, given away as an argument: a helper may register its members.
            handsItselfOver = nodes.OfType<ThisExpressionSyntax>().Any(t => t.Parent is ArgumentSyntax);
        }

        public string? Problem(ISymbol member, INamedTypeSymbol? registering, bool isRoot)
        {
            var assigned = assignments[member.Name];
            if (callsAnother && !assigned.Any())
            {
                return null;
            }

            if (registering is not null)
            {
                return assigned.Any() ? $"the constructor of '{registering.Name}' has called RegisterComponents() before it is assigned" : null;
            }

            if (call is null)
            {
                return !isRoot || callsAnother || handsItselfOver ? null : "the constructor does not call RegisterComponents()";
            }

            return assigned.Any() && assigned.All(a => a.SpanStart > call.Span.End) && call.FirstAncestorOrSelf<AnonymousFunctionExpressionSyntax>() is null
                ? "RegisterComponents() is called before it is assigned"
                : null;
        }

        private static string? Target(AssignmentExpressionSyntax assignment) => assignment.Left switch
        {
            IdentifierNameSyntax target => target.Identifier.ValueText,
            MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Name: { } target } => target.Identifier.ValueText,
            _ => null,
        };
    }
}
