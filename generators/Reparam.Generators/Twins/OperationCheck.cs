using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace Reparam.Generators.Twins;

/// <summary>
/// Goes once through the bound tree of a body: chooses the counterpart of each call, and finds operators, conversions and calls that have none.
/// </summary>
/// <param name="context">What the twins share.</param>
/// <param name="owner">The marked class.</param>
/// <param name="calls">Gets the counterpart of each call, by its syntax.</param>
/// <param name="namespaces">Gets the namespaces of the extension methods that are called.</param>
/// <param name="fail">Called with the place and the symbol of what cannot be translated, and what keeps it from that.</param>
/// <param name="unbound">Called with what names no member of a TorchSharp type, or fits none of its overloads: the compiler reports it.</param>
internal sealed class OperationCheck(
    TwinContext context, INamedTypeSymbol owner, Dictionary<SyntaxNode, ISymbol> calls, ISet<string> namespaces,
    System.Action<SyntaxNode, ISymbol, string> fail, System.Action<SyntaxNode> unbound) : OperationWalker
{
    /// <inheritdoc/>
    public override void VisitInvalid(IInvalidOperation operation)
    {
        var named = operation.Syntax is InvocationExpressionSyntax call ? call.Expression : operation.Syntax;
        if (named is MemberAccessExpressionSyntax { Expression: var receiver } && operation.SemanticModel is { } model
            && (model.GetSymbolInfo(receiver).Symbol as ITypeSymbol ?? model.GetTypeInfo(receiver).Type) is INamedTypeSymbol type && TypeMap.IsTorch(type))
        {
            unbound(named);
        }

        base.VisitInvalid(operation);
    }

    /// <inheritdoc/>
    public override void VisitExpressionStatement(IExpressionStatementOperation operation)
    {
        if (!context.TrainingObjects.IsLeftOut(operation))
        {
            base.VisitExpressionStatement(operation);
        }
    }

    /// <inheritdoc/>
    public override void VisitVariableDeclarationGroup(IVariableDeclarationGroupOperation operation)
    {
        if (!context.TrainingObjects.IsLeftOut(operation))
        {
            base.VisitVariableDeclarationGroup(operation);
        }
    }

    /// <inheritdoc/>
    public override void VisitInvocation(IInvocationOperation operation)
    {
        var method = operation.TargetMethod;
        var target = Match(operation, method, operation.Arguments) ?? method;
        if (method.IsExtensionMethod)
        {
            Import(target);
        }

        ImportBlock(method);
        base.VisitInvocation(operation);
    }

    /// <inheritdoc/>
    public override void VisitObjectCreation(IObjectCreationOperation operation)
    {
        if (operation.Constructor is { } constructor)
        {
            Match(operation, constructor, operation.Arguments);
        }

        base.VisitObjectCreation(operation);
    }

    /// <inheritdoc/>
    public override void VisitPropertyReference(IPropertyReferenceOperation operation)
    {
        if (operation.Property.IsIndexer)
        {
            Match(operation, operation.Property, operation.Arguments);
        }

        ImportBlock(operation.Property);
        base.VisitPropertyReference(operation);
    }

    /// <inheritdoc/>
    public override void VisitBinaryOperator(IBinaryOperation operation)
    {
        Check(operation, operation.OperatorMethod, operation.LeftOperand, operation.RightOperand);
        base.VisitBinaryOperator(operation);
    }

    /// <inheritdoc/>
    public override void VisitUnaryOperator(IUnaryOperation operation)
    {
        Check(operation, operation.OperatorMethod, operation.Operand);
        base.VisitUnaryOperator(operation);
    }

    /// <inheritdoc/>
    public override void VisitIncrementOrDecrement(IIncrementOrDecrementOperation operation)
    {
        Check(operation, operation.OperatorMethod, operation.Target);
        base.VisitIncrementOrDecrement(operation);
    }

    /// <inheritdoc/>
    public override void VisitCompoundAssignment(ICompoundAssignmentOperation operation)
    {
        Check(operation, operation.OperatorMethod, operation.Target, operation.Value);
        base.VisitCompoundAssignment(operation);
    }

    /// <inheritdoc/>
    public override void VisitConversion(IConversionOperation operation)
    {
        // Arguments and operands were tried against the counterpart's own parameters.
        var isTried = operation.IsImplicit && operation.Parent is IArgumentOperation or IBinaryOperation or IUnaryOperation or ICompoundAssignmentOperation;
        if (!isTried && operation is { Type: { } to, Operand.Type: { } from } && (TypeMap.Mentions(from) || TypeMap.Mentions(to))
            && operation.Operand is not ICollectionExpressionOperation
            && !context.Calls.Converts(from, to, operation.IsImplicit))
        {
            if (from.TypeKind == TypeKind.Error)
            {
                unbound(operation.Syntax);
            }
            else
            {
                fail(operation.Syntax, operation.OperatorMethod ?? (ISymbol)to, "");
            }
        }

        base.VisitConversion(operation);
    }

    // The member of an extension block is called as one of the type that it extends, wherever the block stands.
    private void ImportBlock(ISymbol member)
    {
        if (member.ContainingType?.TypeKind == TypeKind.Extension)
        {
            Import(member);
        }
    }

    private void Import(ISymbol extension)
    {
        if (!TypeMap.IsTorch(extension.ContainingType) && extension.ContainingNamespace is { IsGlobalNamespace: false } space)
        {
            namespaces.Add(space.ToDisplayString());
        }
    }

    // The counterpart of a TorchSharp member; null for a member of other code, which stays as it is.
    private ISymbol? Match(IOperation operation, ISymbol member, ImmutableArray<IArgumentOperation> arguments)
    {
        if (!TypeMap.IsTorch(member.ContainingType))
        {
            return null;
        }

        var counterpart = context.Calls.Call(member, arguments, () => Initialisation.Is(operation, owner));
        if (counterpart is null)
        {
            fail(NameOf(operation.Syntax), member, context.Calls.Misfit(member, arguments));
        }
        else if (!operation.IsImplicit || operation.Syntax is ConstructorInitializerSyntax or PrimaryConstructorBaseTypeSyntax)
        {
            calls[operation.Syntax] = counterpart;
        }

        return counterpart;
    }

    private void Check(IOperation operation, IMethodSymbol? method, params IOperation[] operands)
    {
        if (method is not null && TypeMap.IsTorch(method.ContainingType) && context.Calls.Operator(method, operands) is null)
        {
            fail(operation.Syntax, method, "");
        }
    }

    private static SyntaxNode NameOf(SyntaxNode call) => call switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } => access.Name,
        InvocationExpressionSyntax { Expression: MemberBindingExpressionSyntax binding } => binding.Name,
        InvocationExpressionSyntax invocation => invocation.Expression,
        ObjectCreationExpressionSyntax creation => creation.Type,
        _ => call,
    };
}
