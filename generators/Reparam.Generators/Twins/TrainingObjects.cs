using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Reparam.Generators.Common;

namespace Reparam.Generators.Twins;

/// <summary>
/// Objects of TorchSharp that only training needs and that have no counterpart: optimizers, schedulers, data sets and their loaders, writers of logs. A
/// class may keep them in members of its own. Where nothing but such members is made of a statement of a constructor, the twin is complete without it.
/// </summary>
/// <param name="context">What the twins share.</param>
internal sealed class TrainingObjects(TwinContext context)
{
    // Where TorchSharp has such types, or their bases.
    private static readonly string[] Places =
    [
        "TorchSharp.torch+optim", "TorchSharp.torch+utils+data", "TorchSharp.Modules.DataLoader`2", "TorchSharp.Modules.SummaryWriter",
    ];

    /// <summary>True for a member of the user's own that holds such an object.</summary>
    public bool IsKept(ISymbol member) => !TypeMap.IsTorch(member.ContainingType) && member switch
    {
        IFieldSymbol field => Is(field.Type),
        IPropertySymbol { IsIndexer: false, IsOverride: false, IsPartialDefinition: false } property => Is(property.Type),
        _ => false,
    };

    /// <summary>True for a statement that the twin's constructor does not have: it makes such an object or calls a method of one.</summary>
    public bool IsLeftOut(IOperation? statement) => statement is not null && Initialisation.IsInConstructor(statement) && statement switch
    {
        IExpressionStatementOperation { Operation: { } value } => value switch
        {
            IAssignmentOperation { Target: IMemberReferenceOperation target } =>
                IsKept(target.Member) || (target is { Instance.Type: { } holder } && Is(holder)),
            IInvocationOperation { Instance.Type: { } receiver } => Is(receiver),
            IConditionalAccessOperation { Operation.Type: { } receiver } => Is(receiver),
            _ => false,
        },
        IVariableDeclarationGroupOperation group => group.Declarations.SelectMany(d => d.Declarators).All(d => Is(d.Symbol.Type)),
        _ => false,
    };

    private bool Is(ITypeSymbol type)
    {
        var missing = TakesPart.Named(type).Where(t => TypeMap.IsTorch(t) && context.Table.Type(t.OriginalDefinition) is null).ToArray();
        return missing.Length > 0 && missing.All(IsOfTraining);
    }

    private static bool IsOfTraining(INamedTypeSymbol type)
    {
        for (var t = type; t is not null; t = t.BaseType)
        {
            var name = t.MetadataFullName();
            if (Places.Any(place => name.StartsWith(place, System.StringComparison.Ordinal)))
            {
                return true;
            }
        }

        return false;
    }
}
