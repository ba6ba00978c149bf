using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;
using Reparam.Generators.Flow;
using Reparam.Generators.Layers;
using Reparam.Generators.Layers.Contents;
using Reparam.Generators.Methods;
using Reparam.Generators.Structures;

namespace Reparam.Generators.Manifests;

/// <summary>Reads a marked class's layers and children, those of marked base classes included.</summary>
internal static class ManifestParser
{
    /// <summary>Reads a class.</summary>
    /// <param name="marked">A class that can take part.</param>
    /// <param name="assigned">What the class assigns.</param>
    /// <param name="reader">Reads what the class holds.</param>
    /// <param name="token">Stops the work.</param>
    public static ManifestModel Parse(MarkedClass marked, AssignedTypes assigned, ContentReader reader, CancellationToken token)
    {
        var sureChildren = new HashSet<string>();
        var states = new List<ManifestState>();
        var derived = new List<AssignedTypes>();
        for (var type = marked.Symbol; type is not null && marked.Compilation.HasManifest(type); type = type.BaseType)
        {
            token.ThrowIfCancellationRequested();
            var isOwn = SymbolEqualityComparer.Default.Equals(type, marked.Symbol);
            var here = isOwn ? assigned : new AssignedTypes(type, marked.Compilation, token);
            states.Add(StateParser.Parse(type, marked.Compilation, here, derived, sureChildren, token));
            derived.Add(here);
        }

        var state = new ManifestState(
            states.SelectMany(s => s.Tensors).GroupBy(t => t.Path).Select(same => same.Aggregate((a, b) => a.Or(b))).ToEquatableArray(),
            states.SelectMany(s => s.Ties).ToEquatableArray(),
            states.SelectMany(s => s.Open).Distinct().ToEquatableArray());
        var places = new LayerPlaces(marked, reader, sureChildren);
        return new ManifestModel(
            marked.Symbol.MetadataFullName(), marked.IsRoot, !marked.Symbol.IsMarked(), places.Layers.ToEquatableArray(), places.Below.ToEquatableArray(),
            places.Others.ToEquatableArray(), places.Children.ToEquatableArray(), state,
            EdgeParser.Parse(marked, assigned, places.BatchNorms, token).ToEquatableArray(), StructureParser.Folded(marked));
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
