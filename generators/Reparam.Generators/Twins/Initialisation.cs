using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Reparam.Generators.Common;

namespace Reparam.Generators.Twins;

/// <summary>
/// Tells values that are only the first values of weights: made in a constructor of a module, or in an initializer, and going nowhere but into its
/// parameters and buffers. Loading overwrites all of these, so the run time need not draw the same random numbers.
/// </summary>
internal static class Initialisation
{
    /// <summary>True if the operation's result does nothing but start a weight or buffer of the class.</summary>
    /// <param name="operation">A call that gives a tensor.</param>
    /// <param name="owner">The marked class.</param>
    public static bool Is(IOperation operation, INamedTypeSymbol owner) =>
        TypeMap.DerivesFromTorch(owner) && IsInConstructor(operation)
        && (Loads(operation) || Stays(operation, owner, new HashSet<ISymbol>(SymbolEqualityComparer.Default)));

    /// <summary>True in a constructor, and in a private method that only constructors call.</summary>
    public static bool IsInConstructor(IOperation operation)
    {
        for (var outer = operation; outer is not null; outer = outer.Parent)
        {
            switch (outer)
            {
                case IAnonymousFunctionOperation or ILocalFunctionOperation:
                    return false;
                case IFieldInitializerOperation or IPropertyInitializerOperation or IConstructorBodyOperation:
                    return true;
                case IMethodBodyOperation body:
                    return body.SemanticModel?.GetDeclaredSymbol(body.Syntax) is IMethodSymbol method
                        && (Loads(operation) ? ConstructorReach.Includes(method) : ConstructorReach.IsAll(method));
            }
        }

        return false;
    }

    // A file may be loaded again later. The run-time class, which has its weights then, refuses that itself.
    private static bool Loads(IOperation operation) =>
        operation is IInvocationOperation { TargetMethod: { Name: "load" or "load_state_dict", ContainingType: var type } } && TypeMap.IsTorch(type);

    private static bool Stays(IOperation value, INamedTypeSymbol owner, HashSet<ISymbol> locals) => value.Parent switch
    {
        IFieldInitializerOperation field => field.InitializedFields.All(f => !f.IsStatic),
        IPropertyInitializerOperation property => property.InitializedProperties.All(p => IsComponent(p, owner)),
        IExpressionStatementOperation => true,
        IConversionOperation or IParenthesizedOperation or IConditionalOperation or ICoalesceOperation or IBinaryOperation or IUnaryOperation =>
            Stays(value.Parent, owner, locals),
        IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: { } local } } => LocalStays(value, local, owner, locals),
        IAssignmentOperation assignment => AssignmentStays(assignment, value, owner, locals),
        IInvocationOperation call =>
            call.Instance == value && TypeMap.IsTorch(call.TargetMethod.ContainingType) && IsTensor(call.Type) && Stays(call, owner, locals),
        IPropertyReferenceOperation property =>
            property.Instance == value && TypeMap.IsTorch(property.Property.ContainingType) && IsTensor(property.Type) && Stays(property, owner, locals),
        IArgumentOperation { Parent: IInvocationOperation call } argument =>
            TypeMap.IsTorch(call.TargetMethod.ContainingType) && CallStays(call, argument, owner, locals),
        IArgumentOperation { Parent: IObjectCreationOperation made } => made.Type?.MetadataFullName() == MetadataNames.Parameter && Stays(made, owner, locals),
        _ => false,
    };

    private static bool CallStays(
        IInvocationOperation call, IArgumentOperation argument, INamedTypeSymbol owner, HashSet<ISymbol> locals) => call.TargetMethod.Name switch
        {
            "register_parameter" => true,
            "register_buffer" => call.Arguments.All(a => a.Parameter?.Name != "persistent" || a.Value.ConstantValue is { HasValue: true, Value: true }),
            _ => argument.Parent == call && IsTensor(call.Type) && Stays(call, owner, locals),
        };

    private static bool AssignmentStays(
        IAssignmentOperation assignment, IOperation value, INamedTypeSymbol owner, HashSet<ISymbol> locals) => assignment.Target switch
        {
            ILocalReferenceOperation local => assignment.Target == value || LocalStays(value, local.Local, owner, locals),
            IFieldReferenceOperation { Instance: IInstanceReferenceOperation, Field: { } field } =>
                IsComponent(field, owner) && Stays(assignment, owner, locals),
            IPropertyReferenceOperation { Instance: IInstanceReferenceOperation, Property: { } property } =>
                IsComponent(property, owner) && Stays(assignment, owner, locals),

            // head.weight = new Parameter(...)
            IPropertyReferenceOperation { Property: { } property } =>
                TypeMap.IsTorch(property.ContainingType) && property.Type.IsOrDerivesFrom(MetadataNames.Parameter),
            _ => false,
        };

    private static bool LocalStays(IOperation value, ILocalSymbol local, INamedTypeSymbol owner, HashSet<ISymbol> locals)
    {
        // A local that is made of itself is looked at once.
        if (!locals.Add(local))
        {
            return true;
        }

        var root = value;
        while (root.Parent is { } outer)
        {
            root = outer;
        }

        return root.Descendants().OfType<ILocalReferenceOperation>().Where(r => SymbolEqualityComparer.Default.Equals(r.Local, local))
            .All(reference => reference.Parent is ISimpleAssignmentOperation { Target: var target } && target == reference || Stays(reference, owner, locals));
    }

    // What the checkpoint fills: parameters, and tensors that are registered as buffers.
    private static bool IsComponent(ISymbol member, INamedTypeSymbol owner)
    {
        var type = (member as IFieldSymbol)?.Type ?? ((IPropertySymbol)member).Type;
        var field = member as IFieldSymbol
            ?? member.ContainingType.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(f => SymbolEqualityComparer.Default.Equals(f.AssociatedSymbol, member));
        var isStored = field is not null ? !Registration.IsLate(field) : member is IPropertySymbol { IsPartialDefinition: true };
        return !member.IsStatic && isStored && IsTensor(type)
            && (SymbolEqualityComparer.Default.Equals(member.ContainingType, owner)
                || (TypeMap.DerivesFromTorch(member.ContainingType) && !TypeMap.IsTorch(member.ContainingType)));
    }

    private static bool IsTensor(ITypeSymbol? type) => type.IsOrDerivesFrom(MetadataNames.Tensor);
}
