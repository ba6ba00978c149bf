using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;
using Reparam.Generators.Flow;
using Reparam.Generators.Layers;
using Reparam.Generators.Methods;
using Reparam.Generators.Structures;

namespace Reparam.Generators.Manifests;

/// <summary>Reads a marked class's layers and children, those of marked base classes included.</summary>
internal static class ManifestParser
{
    /// <summary>Reads a class.</summary>
    /// <param name="marked">A class that can take part.</param>
    /// <param name="assigned">What the class assigns.</param>
    /// <param name="token">Stops the work.</param>
    public static ManifestModel Parse(MarkedClass marked, AssignedTypes assigned, CancellationToken token)
    {
        var layers = new List<ManifestLayer>();
        var children = new List<ManifestChild>();
        var states = new List<ManifestState>();
        var derived = new List<AssignedTypes>();
        for (var type = marked.Symbol; type is not null && type.IsMarked(); type = type.BaseType)
        {
            token.ThrowIfCancellationRequested();
            var isOwn = SymbolEqualityComparer.Default.Equals(type, marked.Symbol);
            var here = isOwn ? assigned : new AssignedTypes(type, marked.Compilation, token);
            var sureChildren = new HashSet<string>();
            states.Add(StateParser.Parse(type, marked.Compilation, here, derived, sureChildren, token));
            ParseMembers(type, marked.Compilation, here, sureChildren, layers, children);
            derived.Add(here);
        }

        var state = new ManifestState(
            states.SelectMany(s => s.Tensors).GroupBy(t => t.Path).Select(same => same.Aggregate((a, b) => a.Or(b))).ToEquatableArray(),
            states.SelectMany(s => s.Ties).ToEquatableArray(),
            states.SelectMany(s => s.Open).Distinct().ToEquatableArray());
        return new ManifestModel(marked.Symbol.MetadataFullName(), marked.IsRoot, layers.ToEquatableArray(), children.ToEquatableArray(), state,
            EdgeParser.Parse(marked, assigned, token).ToEquatableArray(), StructureParser.Folded(marked));
    }

    private static void ParseMembers(
        INamedTypeSymbol type, Compilation compilation, AssignedTypes assigned, HashSet<string> sureChildren, List<ManifestLayer> layers,
        List<ManifestChild> children)
    {
        foreach (var member in type.GetMembers())
        {
            var memberType = member switch
            {
                IPropertySymbol { IsPartialDefinition: true, IsStatic: false } property => property.Type,
                IFieldSymbol { IsImplicitlyDeclared: false, IsStatic: false } field => field.Type,
                _ => null,
            };
            if (memberType is null || !memberType.IsOrDerivesFrom(MetadataNames.Module))
            {
                continue;
            }

            var path = ModuleParser.StateName(member) + (ModuleTypes.ElementOfList(memberType) is null ? "" : ".*");
            var types = assigned.Of(member, memberType);
            if (types.Kinds.Count > 0)
            {
                layers.Add(ParseLayer(path, types.Kinds[0], member, type, compilation));
            }

            children.AddRange(
                types.Marked.Select(child => new ManifestChild(path, child.MetadataFullName(), types.Marked.Count == 1 && sureChildren.Contains(path))));
        }
    }

    private static ManifestLayer ParseLayer(string path, LayerKind kind, ISymbol member, INamedTypeSymbol type, Compilation compilation)
    {
        var name = kind.ToString().ToLowerInvariant();
        if (member is not IPropertySymbol property)
        {
            return new ManifestLayer(path, name, null, EquatableArray<ManifestOption>.Empty);
        }

        var layer = new ManifestLayer(path, name, null, EquatableArray<ManifestOption>.Empty);
        foreach (var use in MethodUse.Of(property, type, compilation.Assembly))
        {
            var contract = MethodContract.Read(use.Class, compilation);
            if (contract.Problem is null && (contract.Layers & (int)kind) != 0)
            {
                var options = Options(use).ToEquatableArray();
                layer = layer.Method is null && use.Kind == ReparamKind.PostTraining ? layer with { Method = contract.Method, Options = options } : layer;
                layer = layer with { Input = layer.Input ?? ManifestInputMap.Of(contract.ModelOf(use, kind), options) };
            }
        }

        return layer;
    }

    /// <summary>What an attribute writes of its method's options.</summary>
    /// <param name="use">The attribute.</param>
    public static IEnumerable<ManifestOption> Options(MethodUse use)
    {
        var arguments = use.Attribute.ConstructorArguments;
        for (var i = 0; i < arguments.Length; i++)
        {
            yield return new ManifestOption(use.Attribute.AttributeConstructor!.Parameters[i].Name, Json.Of(arguments[i]));
        }

        foreach (var setting in use.Settings)
        {
            yield return new ManifestOption(Identifiers.CamelUnescaped(setting.Key), Json.Of(setting.Value));
        }
    }
}
