using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Reparam.Generators.Common;
using Reparam.Generators.Layers;
using Reparam.Generators.Manifests;

namespace Reparam.Generators.Flow;

/// <summary>The modules of a class and of its marked bases, by member.</summary>
internal sealed class FlowComponents
{
    private readonly Dictionary<ISymbol, FlowComponent> components = new(SymbolEqualityComparer.Default);

    /// <summary>Reads a class.</summary>
    /// <param name="type">A marked class.</param>
    /// <param name="compilation">Its compilation.</param>
    /// <param name="assigned">What the class itself assigns.</param>
    /// <param name="token">Stops the work.</param>
    public FlowComponents(INamedTypeSymbol type, Compilation compilation, AssignedTypes assigned, CancellationToken token)
    {
        for (var owner = type; owner is not null && compilation.HasManifest(owner); owner = owner.BaseType)
        {
            var here = SymbolEqualityComparer.Default.Equals(owner, type) ? assigned : new AssignedTypes(owner, compilation, token);
            var shared = new SharedMembers(owner, compilation, token);
            foreach (var member in owner.GetMembers().Where(m => !m.IsStatic))
            {
                token.ThrowIfCancellationRequested();
                var memberType = member switch
                {
                    IPropertySymbol { IsPartialDefinition: true } property => property.Type,
                    IFieldSymbol { IsImplicitlyDeclared: false } field => field.Type,
                    _ => null,
                };
                if (memberType is not null && memberType.IsOrDerivesFrom(MetadataNames.Module))
                {
                    var component = Read(member, memberType, here, compilation);
                    components[member] = component;
                    if (shared.Contains(member))
                    {
                        component.Doubt("others may know the same object");
                    }
                }
            }
        }
    }

    /// <summary>All of them, in the order of the members.</summary>
    public IEnumerable<FlowComponent> All => components.Values;

    /// <summary>Member and component.</summary>
    public IEnumerable<KeyValuePair<ISymbol, FlowComponent>> Members => components;

    /// <summary>The component of a member; null if it is none.</summary>
    public FlowComponent? Of(ISymbol member) => components.TryGetValue(member.OriginalDefinition, out var component) ? component : null;

    private static FlowComponent Read(ISymbol member, ITypeSymbol memberType, AssignedTypes assigned, Compilation compilation)
    {
        var name = ModuleParser.StateName(member);
        var element = ModuleTypes.ElementOfList(memberType);
        var leaves = assigned.Leaves(member, memberType).ToArray();
        var made = leaves.Select(leaf => leaf.Model.GetOperation(leaf.Value)).ToArray();
        var types = leaves.Select(leaf => leaf.Model.GetTypeInfo(leaf.Value).Type).Distinct(SymbolEqualityComparer.Default).OfType<ITypeSymbol>().ToArray();
        var isSeen = types.Length == 1 && leaves.Length > 0 && !ModuleTypes.IsBase(types[0]) && ModuleTypes.ElementOfList(types[0]) is null;
        var declared = element ?? memberType;
        var type = isSeen ? types[0] : ModuleTypes.IsBase(declared) ? null : declared;
        if (element is not null)
        {
            return new FlowComponent(name, memberType, []) { Element = Whole(name + ".*", type, made, compilation) };
        }

        return Whole(name, type, made, compilation);
    }

    // A Sequential has its modules in it, where one call makes it and shows them.
    private static FlowComponent Whole(string path, ITypeSymbol? type, IOperation?[] made, Compilation compilation)
    {
        var calls = made.OfType<IOperation>().Select(Unwrapped).Where(call => call is IInvocationOperation or IObjectCreationOperation).ToArray();
        var component = new FlowComponent(path, type, calls.Length == made.Length ? calls : []) { IsMarked = compilation.HasManifest(type) };
        if (type?.MetadataFullName() == PlainLayerTensors.Sequential)
        {
            component.Chain = SequentialElements.Of(calls.Length == 1 ? calls[0] : null)?
                .Select(part => Whole($"{path}.{part.Name}", part.Module.Type, [part.Module], compilation)).ToArray();
            if (component.Chain is null)
            {
                component.Doubt("its modules cannot be seen", opens: false);
            }
        }

        return component;
    }

    private static IOperation Unwrapped(IOperation value)
    {
        while (value is IConversionOperation conversion)
        {
            value = conversion.Operand;
        }

        return value;
    }
}
