using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Reparam.Generators.Common;

namespace Reparam.Generators.Twins.Fusion;

/// <summary>Finds what a twin runs as fused operations.</summary>
/// <param name="idioms">What the run-time library has.</param>
/// <param name="owner">The marked class.</param>
internal sealed class FusionFinder(ImmutableArray<Idiom> idioms, INamedTypeSymbol owner)
{
    private readonly HashSet<string> assignedOutside = AssignedOutsideOfConstructors(owner);

    /// <summary>The fused operation that an expression is; null if it is none.</summary>
    /// <param name="operation">An operation of a body.</param>
    public Fusion? Expression(IOperation operation) => operation is IBinaryOperation or IInvocationOperation
        ? idioms.Select(i => new IdiomMatch(i, IsSteady).Expression(operation)).FirstOrDefault(f => f is not null)
        : null;

    /// <summary>Runs of two or three neighbouring declarations that call layers of the same input, <c>var a = A.call(x); var b = B.call(x);</c>.</summary>
    /// <param name="body">The bound body.</param>
    public IEnumerable<JoinedCalls> Joined(IOperation body)
    {
        foreach (var block in body.DescendantsAndSelf().OfType<IBlockOperation>())
        {
            var run = new List<(IVariableDeclaratorOperation Declarator, IInvocationOperation Call, SyntaxNode Statement)>();
            foreach (var statement in block.Operations.Append(null))
            {
                var next = LayerCall(statement);
                if (run.Count is 2 or 3 && (run.Count == 3 || next is null || !HasSameInput(run[0].Call, next.Value.Call)))
                {
                    yield return new JoinedCalls(
                        [.. run.Select(r => r.Statement)], run[0].Call.Arguments[0].Value.Syntax,
                        [.. run.Select(r => r.Call.Instance!.Syntax)], [.. run.Select(r => r.Declarator.Symbol.Name)]);
                    run.Clear();
                }
                else if (run.Count > 0 && (next is null || !HasSameInput(run[0].Call, next.Value.Call)))
                {
                    run.Clear();
                }

                if (next is { } one)
                {
                    run.Add((one.Declarator, one.Call, statement!.Syntax));
                }
            }
        }
    }

    /// <summary>A sum of a value and a child's forward that can add it itself; null if the operation is none.</summary>
    /// <param name="operation">An operation of a body.</param>
    /// <param name="children">Tells the children's classes.</param>
    public ChildSum? Sum(IOperation operation, ForwardEnds children)
    {
        if (operation is not IBinaryOperation { OperatorKind: BinaryOperatorKind.Add } sum
            || !sum.LeftOperand.Type.IsOrDerivesFrom(MetadataNames.Tensor) || !sum.RightOperand.Type.IsOrDerivesFrom(MetadataNames.Tensor))
        {
            return null;
        }

        if (ChildCall(sum.RightOperand, children) is { } right)
        {
            return new ChildSum(sum.LeftOperand.Syntax, right.Instance!.Syntax, Values(right));
        }

        return IsSteady(sum.RightOperand) && ChildCall(sum.LeftOperand, children) is { } left
            ? new ChildSum(sum.RightOperand.Syntax, left.Instance!.Syntax, Values(left))
            : null;
    }

    private static SyntaxNode[] Values(IInvocationOperation call) => [.. call.Arguments.Select(a => a.Value.Syntax)];

    private IInvocationOperation? ChildCall(IOperation operation, ForwardEnds children) =>
        operation is IInvocationOperation { TargetMethod.Name: "call", Instance: { Type: INamedTypeSymbol type } instance } call
        && TypeMap.IsTorch(call.TargetMethod.ContainingType) && IsSteady(instance)
        && call.Arguments.All(a => a.ArgumentKind == ArgumentKind.Explicit && a.Syntax is ArgumentSyntax { NameColon: null }) && children.AddsResidual(type)
            ? call
            : null;

    /// <summary>True for <c>Layer.call(x)</c> or <c>Layer.forward(x)</c> with a member of the class that only constructors assign.</summary>
    public bool IsLayerCall(IOperation operation) =>
        operation is IInvocationOperation { TargetMethod.Name: "call" or "forward", Instance: { } instance, Arguments: { Length: 1 } } call
        && TypeMap.IsTorch(call.TargetMethod.ContainingType) && IsSteady(instance) && IdiomMatch.IsLayer(instance.Type);

    private (IVariableDeclaratorOperation Declarator, IInvocationOperation Call)? LayerCall(IOperation? statement) =>
        statement is IVariableDeclarationGroupOperation { Declarations: { Length: 1 } declarations } && declarations[0].Declarators is { Length: 1 } declarators
        && declarators[0] is { Initializer.Value: IInvocationOperation call }
        && statement.Syntax is LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0, Declaration.Type: not NullableTypeSyntax }
        && declarators[0].Symbol.Type.MetadataFullName() == MetadataNames.Tensor && IsLayerCall(call) && IsSteady(call.Arguments[0].Value)
            ? (declarators[0], call)
            : null;

    private static bool HasSameInput(IInvocationOperation first, IInvocationOperation second) =>
        IdiomMatch.AreSame(first.Arguments[0].Value, second.Arguments[0].Value);

    /// <summary>The operation that a whole body is; null if it is none.</summary>
    /// <param name="body">The bound body.</param>
    public Fusion? Body(IMethodBodyOperation body) => (body.BlockBody ?? body.ExpressionBody) is { } block
        ? idioms.Select(i => new IdiomMatch(i, IsSteadyInIdiom).Body(block.Operations)).FirstOrDefault(f => f is not null)
        : null;

    // In the statements of an idiom only TorchSharp runs, which changes no number and no field of the class.
    private bool IsSteadyInIdiom(IOperation value) => value switch
    {
        IConversionOperation conversion => IsSteadyInIdiom(conversion.Operand),
        IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation } => true,
        IPropertyReferenceOperation { Instance: IInstanceReferenceOperation, Property: { IsIndexer: false, IsVirtual: false } property }
            => IsAuto(property) || IsSteady(value),
        _ => IsSteady(value),
    };

    // Locals and parameters that nothing assigns while an expression is evaluated, constants, and members that only constructors assign.
    private bool IsSteady(IOperation value)
    {
        switch (value)
        {
            case IConversionOperation conversion:
                return IsSteady(conversion.Operand);
            case ILocalReferenceOperation { Local.RefKind: RefKind.None } local:
                return !IsCaptured(local, local.Local);
            case IParameterReferenceOperation { Parameter.RefKind: RefKind.None } parameter:
                return !IsCaptured(parameter, parameter.Parameter);
            case IFieldReferenceOperation { Instance: null or IInstanceReferenceOperation } field:
                return field.Field.IsConst || field.Field.IsReadOnly || IsOwnAndFixed(field.Field);
            case IPropertyReferenceOperation { Instance: IInstanceReferenceOperation, Property: { IsIndexer: false } property }:
                return (property.IsPartialDefinition || IsAuto(property)) && IsOwnAndFixed(property);
            case IArrayElementReferenceOperation { Indices: { Length: 1 } indices } element:
                return IsSteady(element.ArrayReference) && IsSteady(indices[0]);
            default:
                return value.ConstantValue.HasValue;
        }
    }

    private bool IsOwnAndFixed(ISymbol member) =>
        SymbolEqualityComparer.Default.Equals(member.ContainingType, owner) && !member.IsVirtual && !member.IsOverride && !assignedOutside.Contains(member.Name)
        && (member is IFieldSymbol { DeclaredAccessibility: Accessibility.Private }
            or IPropertySymbol { SetMethod: null or { DeclaredAccessibility: Accessibility.Private } or { IsInitOnly: true } });

    private static bool IsAuto(IPropertySymbol property) =>
        property.ContainingType.GetMembers().OfType<IFieldSymbol>().Any(f => SymbolEqualityComparer.Default.Equals(f.AssociatedSymbol, property));

    // A lambda, or an assignment inside of an expression, may change it between two reads.
    private static bool IsCaptured(IOperation reference, ISymbol symbol)
    {
        var root = reference;
        while (root.Parent is { } outer)
        {
            root = outer;
        }

        return root.Descendants().Any(o => o switch
        {
            IAnonymousFunctionOperation or ILocalFunctionOperation => o.Descendants().Any(inner => Is(inner, symbol)),
            IAssignmentOperation { Parent: not IExpressionStatementOperation } assignment => Is(assignment.Target, symbol),
            IArgumentOperation { Parameter.RefKind: not RefKind.None } argument => Is(argument.Value, symbol),
            IIncrementOrDecrementOperation { Parent: not IExpressionStatementOperation } step => Is(step.Target, symbol),
            _ => false,
        });
    }

    private static bool Is(IOperation operation, ISymbol symbol) => SymbolEqualityComparer.Default.Equals(SymbolOf(operation), symbol);

    private static ISymbol? SymbolOf(IOperation operation) => operation switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        _ => null,
    };

    private static HashSet<string> AssignedOutsideOfConstructors(INamedTypeSymbol owner)
    {
        var names = new HashSet<string>();
        var members = owner.DeclaringSyntaxReferences.Select(r => r.GetSyntax()).OfType<TypeDeclarationSyntax>().SelectMany(part => part.Members);
        foreach (var node in members.Where(m => m is not ConstructorDeclarationSyntax).SelectMany(m => m.DescendantNodes()))
        {
            var target = node switch
            {
                AssignmentExpressionSyntax assignment => assignment.Left,
                PostfixUnaryExpressionSyntax
                {
                    RawKind: (int)SyntaxKind.PostIncrementExpression
                    or (int)SyntaxKind.PostDecrementExpression
                } step => step.Operand,
                PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.PreIncrementExpression or (int)SyntaxKind.PreDecrementExpression } step => step.Operand,
                ArgumentSyntax argument when !argument.RefKindKeyword.IsKind(SyntaxKind.None) => argument.Expression,
                _ => null,
            };
            names.UnionWith(target?.DescendantNodesAndSelf().OfType<IdentifierNameSyntax>().Select(n => n.Identifier.ValueText) ?? []);
        }

        return names;
    }
}
