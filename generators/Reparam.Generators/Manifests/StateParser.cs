using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Reparam.Generators.Common;
using Reparam.Generators.Layers;

namespace Reparam.Generators.Manifests;

/// <summary>
/// Reads which tensors a class of a hierarchy adds to the state dict. It claims no more than the source shows: what may be missing is not required, and what
/// cannot be seen is open.
/// </summary>
internal sealed class StateParser
{
    private const string Initializer = "initializer";

    private readonly INamedTypeSymbol type;
    private readonly Compilation compilation;
    private readonly AssignedTypes assigned;
    private readonly IReadOnlyList<AssignedTypes> derived;
    private readonly SharedMembers shared;
    private readonly Dictionary<string, ManifestTensor> tensors = [];
    private readonly List<string> order = [];
    private readonly HashSet<string> open = [];
    private readonly HashSet<string> sureChildren = [];

    private StateParser(INamedTypeSymbol type, Compilation compilation, AssignedTypes assigned, IReadOnlyList<AssignedTypes> derived, CancellationToken token)
    {
        this.type = type;
        this.compilation = compilation;
        this.assigned = assigned;
        this.derived = derived;
        shared = new SharedMembers(type, compilation, token);
    }

    /// <summary>Reads one class, without its bases.</summary>
    /// <param name="type">A marked class.</param>
    /// <param name="compilation">Its compilation.</param>
    /// <param name="assigned">What the class assigns.</param>
    /// <param name="derived">What the classes assign that derive from it.</param>
    /// <param name="sureChildren">Takes the paths at which every object has a child of one class.</param>
    /// <param name="token">Stops the work.</param>
    public static ManifestState Parse(
        INamedTypeSymbol type, Compilation compilation, AssignedTypes assigned, IReadOnlyList<AssignedTypes> derived, HashSet<string> sureChildren,
        CancellationToken token)
    {
        var parser = new StateParser(type, compilation, assigned, derived, token);
        foreach (var member in type.GetMembers().Where(m => !m.IsStatic))
        {
            token.ThrowIfCancellationRequested();
            var memberType = member switch
            {
                IPropertySymbol { IsPartialDefinition: true } property => property.Type,
                IFieldSymbol field => field.Type,
                _ => null,
            };
            if (memberType is not null)
            {
                parser.ParseMember(member, memberType);
            }
        }

        // Whatever is registered by hand has the name that the call gives it, and so has what a base without source or mark holds.
        parser.open.UnionWith(parser.shared.RegisteredByHand);
        if (type.DeclaringSyntaxReferences.Length == 0
            || (type.BaseType is { } baseType && !compilation.HasManifest(baseType) && !ModuleTypes.IsBase(baseType)))
        {
            parser.open.Add("");
        }

        sureChildren.UnionWith(parser.sureChildren);
        return new ManifestState(
            parser.order.Select(path => parser.tensors[path]).ToEquatableArray(),
            parser.shared.Ties.ToEquatableArray(),
            parser.open.OrderBy(path => path, System.StringComparer.Ordinal).ToEquatableArray());
    }

    private void ParseMember(ISymbol member, ITypeSymbol memberType)
    {
        var name = member is IFieldSymbol { AssociatedSymbol: IPropertySymbol { IsPartialDefinition: false } } ? member.Name : ModuleParser.StateName(member);
        var source = member is IFieldSymbol { AssociatedSymbol: { } property } ? property : member;

        if (member is IFieldSymbol field && memberType.IsOrDerivesFrom(MetadataNames.Tensor) && Registration.IsLate(field))
        {
            return;
        }

        // What a derived class assigns, or overrides, is not all seen from here.
        if (derived.Any(d => d.Assigns(source.Name)) || (derived.Count > 0 && source.IsVirtual) || source.IsOverride)
        {
            open.Add(name);
        }
        else if (memberType.IsOrDerivesFrom(MetadataNames.Module))
        {
            ParseModule(source, memberType, name);
        }
        else if (memberType.IsOrDerivesFrom(MetadataNames.Tensor))
        {
            Add(new ManifestTensor(name, !memberType.IsOrDerivesFrom(MetadataNames.Parameter), IsSure(source, memberType), ShapeOf(source, memberType)));
        }
    }

    private void ParseModule(ISymbol member, ITypeSymbol memberType, string name)
    {
        var element = ModuleTypes.ElementOfList(memberType);
        var path = element is null ? name : name + ".*";
        var leaves = assigned.Leaves(member, memberType).ToArray();
        var isSure = element is null ? IsSure(member, memberType) : !IsShared(member) && leaves.All(leaf => IsMade(leaf.Value));
        var found = new List<ManifestTensor[]>();
        var marked = new List<INamedTypeSymbol>();
        foreach (var (value, model) in leaves)
        {
            var made = model.GetTypeInfo(value).Type as INamedTypeSymbol;
            if (made is not null && compilation.HasManifest(made) && !made.IsAbstract && (value is BaseObjectCreationExpressionSyntax || made.IsSealed))
            {
                marked.Add(made.OriginalDefinition);
            }
            else if (made is not null && IsWhole(member, made, value)
                && PlainLayerTensors.Of(made, IsMade(value) ? model.GetOperation(value) : null) is { } plain)
            {
                found.Add(plain);
            }
            else
            {
                open.Add(path);
                return;
            }
        }

        var held = (element ?? memberType) as INamedTypeSymbol;
        if (leaves.Length == 0)
        {
            // Nothing is seen to be made: a sealed class or a layer of TorchSharp tells its tensors all the same.
            isSure = false;
            if (held is { IsSealed: true } && compilation.HasManifest(held))
            {
                marked.Add(held);
            }
            else if (held is not null && PlainLayerTensors.Of(held, null) is { } plain)
            {
                found.Add(plain);
            }
            else
            {
                open.Add(path);
                return;
            }
        }

        if (shared.Contains(member) && element is not null)
        {
            open.Add(path);
        }

        if (isSure && found.Count == 0 && marked.Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default).Count() == 1)
        {
            sureChildren.Add(path);
        }

        foreach (var layer in found)
        {
            foreach (var tensor in layer)
            {
                var isEverywhere = isSure && marked.Count == 0 && found.All(other => other.Any(t => t.Path == tensor.Path && t.IsRequired));
                Add(tensor with { Path = $"{path}.{tensor.Path}", IsRequired = isEverywhere });
            }
        }
    }

    private void Add(ManifestTensor tensor)
    {
        if (tensors.TryGetValue(tensor.Path, out var known))
        {
            tensors[tensor.Path] = known.Or(tensor);
            return;
        }

        tensors[tensor.Path] = tensor;
        order.Add(tensor.Path);
    }

    private EquatableArray<long>? ShapeOf(ISymbol member, ITypeSymbol memberType)
    {
        EquatableArray<long>? shape = null;
        var isFirst = true;
        foreach (var (value, model) in assigned.Leaves(member, memberType))
        {
            var own = new ManifestTensor("", false, false, PlainLayerTensors.ShapeOf(model.GetOperation(value)));
            shape = isFirst ? own.Shape : own.Or(own with { Shape = shape }).Shape;
            isFirst = false;
        }

        return shape;
    }

    // What is appended to a container later is not in the call that makes it.
    private bool IsWhole(ISymbol member, INamedTypeSymbol made, ExpressionSyntax value) => made.MetadataFullName() != PlainLayerTensors.Sequential
        || (!shared.Contains(member) && !assigned.AddedTo(member).Any() && assigned.AssignedTo(member).Any(assignment => assignment.Contains(value)));

    private static bool IsMade(ExpressionSyntax value) => value is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax;

    // Others may know the object: through the member, or through a local that went into it and elsewhere too.
    private bool IsShared(ISymbol member) =>
        shared.Contains(member) || assigned.LocalsOf(member).Any(local => SharedMembers.IsUsedElsewhere(local.Value, local.Model));

    // Every constructor gives the member an object of its own, whatever its arguments are.
    private bool IsSure(ISymbol member, ITypeSymbol memberType)
    {
        if (IsShared(member) || !assigned.Leaves(member, memberType).All(leaf => IsMade(leaf.Value)))
        {
            return false;
        }

        var values = assigned.AssignedTo(member).Where(value => !IsForgivenNull(value)).ToArray();
        if (values.Any(MayBeNull))
        {
            return false;
        }

        var places = values.Select(Unconditional).ToArray();
        return places.Contains(Initializer) || (type.InstanceConstructors.Length > 0 && type.InstanceConstructors.All(c => IsGivenBy(c, values)));
    }

    private bool IsGivenBy(IMethodSymbol constructor, ExpressionSyntax[] values)
    {
        if (constructor.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is not ConstructorDeclarationSyntax syntax)
        {
            return false;
        }

        var isChained = syntax.Initializer is { RawKind: (int)SyntaxKind.ThisConstructorInitializer };
        return isChained || values.Any(value => Unconditional(value) == ConstructorText(syntax));
    }

    // Where an assignment always runs: the class for an initializer, a constructor for a statement of its own; null for any other place.
    private string? Unconditional(ExpressionSyntax value)
    {
        SyntaxNode node = value;
        while (node.Parent is EqualsValueClauseSyntax or AssignmentExpressionSyntax or VariableDeclaratorSyntax or VariableDeclarationSyntax)
        {
            node = node.Parent;
        }

        return node.Parent switch
        {
            FieldDeclarationSyntax or PropertyDeclarationSyntax => Initializer,
            ArrowExpressionClauseSyntax { Parent: ConstructorDeclarationSyntax constructor } => ConstructorText(constructor),
            ExpressionStatementSyntax { Parent: BlockSyntax { Parent: ConstructorDeclarationSyntax constructor } } when !constructor.DescendantNodes()
                .Any(n => n is ReturnStatementSyntax)
                => ConstructorText(constructor),
            _ => null,
        };
    }

    private static string ConstructorText(ConstructorDeclarationSyntax constructor) => $"{constructor.SyntaxTree.FilePath}:{constructor.SpanStart}";

    private static bool IsForgivenNull(ExpressionSyntax value) =>
        value is PostfixUnaryExpressionSyntax { Operand.RawKind: (int)SyntaxKind.NullLiteralExpression or (int)SyntaxKind.DefaultLiteralExpression };

    private static bool MayBeNull(ExpressionSyntax value) =>
        value.DescendantNodesAndSelf(node => node is not (InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax))
        .Any(node => node.RawKind is (int)SyntaxKind.NullLiteralExpression or (int)SyntaxKind.DefaultLiteralExpression);
}
