using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Reparam.Generators.Common;
using Reparam.Generators.Structures;

namespace Reparam.Generators.Twins;

/// <summary>Names, types and calls.</summary>
internal sealed partial class MemberRewriter
{
    /// <inheritdoc/>
    public override void VisitIdentifierName(IdentifierNameSyntax node) => RewriteName(node, node);

    /// <inheritdoc/>
    public override void VisitGenericName(GenericNameSyntax node) => RewriteName(node, node);

    /// <inheritdoc/>
    public override void VisitQualifiedName(QualifiedNameSyntax node) => RewriteName(node, node.Right);

    /// <inheritdoc/>
    public override void VisitAliasQualifiedName(AliasQualifiedNameSyntax node) => RewriteName(node, node.Name);

    /// <inheritdoc/>
    public override void VisitMemberAccessExpression(MemberAccessExpressionSyntax node) => RewriteName(node, node.Name);

    /// <inheritdoc/>
    public override void VisitMemberBindingExpression(MemberBindingExpressionSyntax node) => RewriteName(node.Name, node.Name);

    /// <inheritdoc/>
    public override void VisitInvocationExpression(InvocationExpressionSyntax node)
    {
        if (node.Expression is IdentifierNameSyntax { Identifier.Text: "nameof" } && model.GetConstantValue(node, cancellation) is { Value: string name })
        {
            Edits.Replace(node.Span, Literals.Of(name));
            return;
        }

        if (calls.TryGetValue(node, out var counterpart))
        {
            NameArguments(node.ArgumentList.Arguments, counterpart, IsReducedExtension(node) ? 1 : 0);
            if (model.GetOperation(node, cancellation) is IInvocationOperation { TargetMethod: { } method })
            {
                CopySpan(node, counterpart, method);
            }
        }

        if (!CallAsStatic(node))
        {
            base.VisitInvocationExpression(node);
        }
    }

    // Of two extension methods for one type the compiler could not choose: the twin's is an ordinary method, called by the name of its class.
    private bool CallAsStatic(InvocationExpressionSyntax node)
    {
        if (node.Expression is not MemberAccessExpressionSyntax access || !IsReducedExtension(node)
            || model.GetOperation(node, cancellation) is not IInvocationOperation { TargetMethod: { } method } || !HidesOriginal(method)
            || context.Types.Text(method.ContainingType) is not { } container)
        {
            return false;
        }

        var name = calls.TryGetValue(node, out var counterpart) ? counterpart.Name : method.Name;

        Uses.Add(method.OriginalDefinition);
        var arguments = method.TypeArguments.Select(context.Types.Text).ToArray();
        var generic = access.Name is GenericNameSyntax && !arguments.Contains(null) ? $"<{string.Join(", ", arguments)}>" : "";
        Edits.Open(node, $"{container}.{Identifiers.Escape(name)}{generic}(");
        Visit(access.Expression);
        Edits.Replace(
            Microsoft.CodeAnalysis.Text.TextSpan.FromBounds(access.OperatorToken.SpanStart, node.ArgumentList.OpenParenToken.Span.End),
            node.ArgumentList.Arguments.Count > 0 ? ", " : " ");
        Visit(node.ArgumentList);
        return true;
    }

    // True if the extension method of TorchSharp, or of a class with a twin, extends what is the same type in both worlds.
    private bool HidesOriginal(IMethodSymbol method) =>
        (TypeMap.IsTorch(method.ContainingType) || (context.Marked.IsOwn(method.ContainingType) && context.Marked.TakesPart(method.ContainingType)))
        && context.Types.IsTheSame((method.ReducedFrom ?? method).OriginalDefinition.Parameters[0].Type);

    /// <inheritdoc/>
    public override void VisitObjectCreationExpression(ObjectCreationExpressionSyntax node)
    {
        if (calls.TryGetValue(node, out var counterpart) && node.ArgumentList is { } list)
        {
            NameArguments(list.Arguments, counterpart);
        }

        base.VisitObjectCreationExpression(node);
    }

    /// <inheritdoc/>
    public override void VisitImplicitObjectCreationExpression(ImplicitObjectCreationExpressionSyntax node)
    {
        if (calls.TryGetValue(node, out var counterpart))
        {
            NameArguments(node.ArgumentList.Arguments, counterpart);
        }

        base.VisitImplicitObjectCreationExpression(node);
    }

    /// <inheritdoc/>
    public override void VisitAnonymousObjectMemberDeclarator(AnonymousObjectMemberDeclaratorSyntax node)
    {
        if (node.NameEquals is null && IsMember(node.Expression) && model.GetDeclaredSymbol(node, cancellation) is { } property)
        {
            Edits.InsertBefore(node.SpanStart, $"{Identifiers.Escape(property.Name)} = ");
        }

        base.VisitAnonymousObjectMemberDeclarator(node);
    }

    /// <inheritdoc/>
    public override void VisitTupleExpression(TupleExpressionSyntax node)
    {
        // Names that come from members, whose twins have other ones, are written out where someone may use them.
        if (node.Parent is not (AssignmentExpressionSyntax or AnonymousFunctionExpressionSyntax { Parent: AssignmentExpressionSyntax })
            && model.GetTypeInfo(node, cancellation) is { Type: INamedTypeSymbol { IsTupleType: true } type, ConvertedType: var converted }
            && SymbolEqualityComparer.IncludeNullability.Equals(type, converted))
        {
            for (var i = 0; i < node.Arguments.Count && i < type.TupleElements.Length; i++)
            {
                var (argument, element) = (node.Arguments[i], type.TupleElements[i]);
                if (argument.NameColon is null && element.Name != $"Item{i + 1}" && IsMember(argument.Expression))
                {
                    Edits.InsertBefore(argument.SpanStart, $"{Identifiers.Escape(element.Name)}: ");
                }
            }
        }

        base.VisitTupleExpression(node);
    }

    private bool IsMember(ExpressionSyntax expression) => expression is ConditionalAccessExpressionSyntax
        || (expression is MemberAccessExpressionSyntax or IdentifierNameSyntax && SymbolOf(expression) is IPropertySymbol or IFieldSymbol
            && SymbolOf(expression) is { Name: var name } member
            && (TypeMap.IsTorch(member.ContainingType) || (IsCopied(member.ContainingType) && context.NameInTwin(member) != name)));

    // Rewrites `node`, whose last name is `name`: all of it for a type or a static member, the last name alone for an instance member.
    private void RewriteName(ExpressionSyntax node, SimpleNameSyntax name)
    {
        if (node is IdentifierNameSyntax { IsVar: true } or IdentifierNameSyntax { IsUnmanaged: true } or IdentifierNameSyntax { IsNotNull: true })
        {
            return;
        }

        switch (SymbolOf(node))
        {
            case INamedTypeSymbol type:
                RewriteType(node, type);
                break;
            case IArrayTypeSymbol alias when context.Types.Text(alias) is { } text:
                Uses.UnionWith(TakesPart.Parts(alias));
                Edits.Replace(node.Span, text);
                break;
            case IMethodSymbol { MethodKind: MethodKind.LocalFunction } or ILocalSymbol or IParameterSymbol or IRangeVariableSymbol or ILabelSymbol
                or ITypeParameterSymbol or null:
                VisitParts(node, name);
                break;
            case (IMethodSymbol or IPropertySymbol or IFieldSymbol or IEventSymbol) and var member:
                RewriteMember(node, name, member);
                break;
            default:
                VisitParts(node, name);
                break;
        }
    }

    private ISymbol? SymbolOf(ExpressionSyntax node) => model.GetOperation(node, cancellation) switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,

        // A variable of a query that has several is a member of a type without a name.
        IMemberReferenceOperation { Member.ContainingType.IsAnonymousType: false } member => member.Member,
        _ when node.Parent is InvocationExpressionSyntax invocation && invocation.Expression == node
            && model.GetOperation(invocation,
                cancellation) is IInvocationOperation { TargetMethod: { MethodKind: not MethodKind.DelegateInvoke } method } => method,
        _ => model.GetSymbolInfo(node, cancellation) switch
        {
            { Symbol: { } symbol } => symbol,
            { CandidateReason: CandidateReason.MemberGroup, CandidateSymbols: { IsEmpty: false } candidates } => candidates[0],
            _ => null,
        },
    };

    private void RewriteType(ExpressionSyntax node, INamedTypeSymbol type)
    {
        Uses.Add(type);
        if (context.Types.Text(type) is { } text)
        {
            Edits.Replace(node.Span, text);
        }
        else
        {
            Fail(node, type);
        }
    }

    private void RewriteMember(ExpressionSyntax node, SimpleNameSyntax name, ISymbol member)
    {
        if (TypeMap.IsTorch(member.ContainingType))
        {
            if (CounterpartOf(node, member) is { } counterpart)
            {
                WriteMember(node, name, counterpart, counterpart.Name, counterpart.ContainingType.Qualified());
                if (member is not IMethodSymbol)
                {
                    CopySpan(node.Parent is MemberBindingExpressionSyntax ? (ExpressionSyntax)node.Parent : node, counterpart, member);
                }
            }
            else
            {
                Fail(name, member);
            }

            return;
        }

        if (member.ContainingType is { IsTupleType: false, IsAnonymousType: false } && !IsTranslated(member.OriginalDefinition))
        {
            // A member that the twin lacks is told at its declaration, where someone uses it.
            if (context.TrainingObjects.IsKept(member))
            {
                Uses.Add(member.OriginalDefinition);
            }

            Fail(name, member);
            return;
        }

        Uses.Add(member.OriginalDefinition);

        if (member is IFieldSymbol { IsConst: true, ConstantValue: { } value, ContainingType: { TypeKind: TypeKind.Class } constantOwner }
            && !IsCopied(constantOwner)
            && TypeMap.DerivesFromTorch(constantOwner))
        {
            Edits.Replace(node.Span, Literals.OfPrimitive(value));
        }
        else if (member.IsStatic && !IsOwn(member.ContainingType) && context.Types.Text(member.ContainingType) is null && !IsReducedExtension(node.Parent))
        {
            Fail(name, member.ContainingType);
        }
        else
        {
            WriteMember(node, name, member, context.NameInTwin(member), context.Types.Text(member.ContainingType) ?? "");
        }
    }

    private ISymbol? CounterpartOf(ExpressionSyntax node, ISymbol member)
    {
        // The name of a call is an expression below it; a conditional access puts a binding between.
        var expression = node.Parent is MemberBindingExpressionSyntax binding ? binding : node;
        if (expression.Parent is InvocationExpressionSyntax invocation && invocation.Expression == expression)
        {
            return calls.TryGetValue(invocation, out var called) ? called : null;
        }

        return member is IMethodSymbol method ? context.Calls.Group(method) : context.Calls.Value(member);
    }

    private void WriteMember(ExpressionSyntax node, SimpleNameSyntax name, ISymbol member, string newName, string containingType)
    {
        if (name is GenericNameSyntax generic)
        {
            Visit(generic.TypeArgumentList);
        }

        if (member.IsStatic && member.ContainingType.TypeKind != TypeKind.Extension && !IsReducedExtension(node.Parent)
            && !(node == name && IsOwn(member.ContainingType)) && !IsOfTypeParameter(node))
        {
            Edits.Replace(
                Microsoft.CodeAnalysis.Text.TextSpan.FromBounds(node.SpanStart, name.Identifier.Span.End), $"{containingType}.{Identifiers.Escape(newName)}");
            return;
        }

        if (newName != name.Identifier.ValueText)
        {
            Edits.Replace(name.Identifier.Span, newName);
        }

        if (node is MemberAccessExpressionSyntax access)
        {
            Visit(access.Expression);
        }
    }

    private void VisitParts(ExpressionSyntax node, SimpleNameSyntax name)
    {
        if (name is GenericNameSyntax generic)
        {
            Visit(generic.TypeArgumentList);
        }

        if (node is MemberAccessExpressionSyntax access)
        {
            Visit(access.Expression);
        }
    }

    // T.Apply(x), where an interface of T declares Apply.
    private bool IsOfTypeParameter(ExpressionSyntax node) =>
        node is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax type }
        && model.GetSymbolInfo(type, cancellation).Symbol is ITypeParameterSymbol;

    private bool IsReducedExtension(SyntaxNode? call) =>
        call is InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access }
            && model.GetOperation(call, cancellation)
                is IInvocationOperation { TargetMethod.IsExtensionMethod: true, Instance: null, Arguments: { IsEmpty: false } arguments }
            && access.Expression.Span.Contains(arguments[0].Syntax.Span);

    private bool IsOwn(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? t = owner; t is not null && context.Marked.TakesPart(t); t = t.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(t.OriginalDefinition, type.OriginalDefinition))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsCopied(INamedTypeSymbol type) => context.Marked.TakesPart(type);

    // A member of a type that takes part has its twin; one of other code serves both worlds if no TorchSharp type is in its declaration.
    private bool IsTranslated(ISymbol member) =>
        IsCopied(member.ContainingType) ? context.IsDeclarable(member) && StructureFacts.IsShipped(member) : !TypeMap.InDeclaration(member);

    // Arguments by position keep their place only if the counterpart has its parameters in the same places.
    private void NameArguments(SeparatedSyntaxList<ArgumentSyntax> arguments, ISymbol counterpart, int shift = 0)
    {
        var parameters = CallMatcher.ParametersOf(counterpart);
        for (var i = 0; i < arguments.Count; i++)
        {
            if (model.GetOperation(arguments[i], cancellation) is not IArgumentOperation { ArgumentKind: ArgumentKind.Explicit, Parameter: { } parameter })
            {
                continue;
            }

            var name = context.Calls.NameOf(parameter);
            if (parameters.All(p => p.Name != name))
            {
                Drop(arguments, i);
            }
            else if (arguments[i].NameColon is { } written)
            {
                if (name != parameter.Name)
                {
                    Edits.Replace(written.Name.Span, Identifiers.Escape(name));
                }
            }
            else if (i + shift >= parameters.Length || parameters[i + shift].Name != name || IsAlsoEnum(arguments[i], counterpart, i + shift))
            {
                Edits.InsertBefore(arguments[i].SpanStart, Identifiers.Escape(name) + ": ");
            }
        }
    }

    // A constant zero is a value of every enum: where another overload has one in this place, the name tells them apart.
    private bool IsAlsoEnum(ArgumentSyntax argument, ISymbol counterpart, int index) =>
        model.GetConstantValue(argument.Expression, cancellation) is { Value: 0 or 0L }
        && counterpart.ContainingType.GetMembers(counterpart.Name).Select(CallMatcher.ParametersOf)
            .Any(parameters => index < parameters.Length && parameters[index].Type is INamedTypeSymbol type
                && (type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T ? type.TypeArguments[0] : type).TypeKind == TypeKind.Enum);

    // An argument that the counterpart has no parameter for: it says what holds without it.
    private void Drop(SeparatedSyntaxList<ArgumentSyntax> arguments, int index)
    {
        var span = index > 0 ? Microsoft.CodeAnalysis.Text.TextSpan.FromBounds(arguments.GetSeparator(index - 1).SpanStart, arguments[index].Span.End)
            : arguments.Count > 1 ? Microsoft.CodeAnalysis.Text.TextSpan.FromBounds(arguments[0].SpanStart, arguments.GetSeparator(0).Span.End)
            : arguments[0].Span;
        Edits.Replace(span, "");
    }

    // Where TorchSharp gives a new array, the run-time library may lend a span: enough to index and to pass on, else copied.
    private void CopySpan(ExpressionSyntax node, ISymbol counterpart, ISymbol member)
    {
        if (CallMatcher.IsSpanForArray(CallMatcher.TypeOf(counterpart), CallMatcher.TypeOf(member)) && !IsReadInPlace(node))
        {
            Edits.InsertAfter(node.Span.End, ".ToArray()");
        }
    }

    // { shape: var s }: what a pattern names must be an array, for the code that follows uses it as one.
    private void KeepArray(SubpatternSyntax subpattern, SimpleNameSyntax name)
    {
        if (SymbolOf(name) is { Name: "shape" } member && TypeMap.IsTorch(member.ContainingType)
            && subpattern.Pattern.DescendantNodesAndSelf().OfType<SingleVariableDesignationSyntax>()
                .Any(d => model.GetDeclaredSymbol(d, cancellation) is ILocalSymbol { Type: IArrayTypeSymbol }))
        {
            Edits.Overwrite(name.Span, TwinNames.ShapeArray);
        }
    }

    private bool IsReadInPlace(ExpressionSyntax node) => node.Parent switch
    {
        ElementAccessExpressionSyntax access => access.Expression == node && model.GetTypeInfo(access, cancellation).Type is not IArrayTypeSymbol
            && access.ArgumentList.Arguments.All(index => TakesSpanIndex(model.GetTypeInfo(index.Expression, cancellation).Type)),
        MemberAccessExpressionSyntax { Name.Identifier.Text: "Length" } or BaseExpressionColonSyntax => true,
        ArgumentSyntax argument => argument.Parent?.Parent is { } call && calls.TryGetValue(call, out var target)
            && model.GetOperation(argument, cancellation) is IArgumentOperation { Parameter: { } parameter }
            && CallMatcher.ParametersOf(target).Any(p => p.Name == context.Calls.NameOf(parameter) && CallMatcher.ElementOfSpan(p.Type) is not null),
        _ => false,
    };

    // An array takes indices of 64 bits as well.
    private static bool TakesSpanIndex(ITypeSymbol? type) =>
        type?.SpecialType is not (SpecialType.System_Int64 or SpecialType.System_UInt64 or SpecialType.System_UInt32);
}
