using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;

namespace Reparam.Generators.Flow;

/// <summary>What <c>[Feeds(…)]</c> says of the flow.</summary>
internal static class FeedsStatements
{
    /// <summary>The paths that each component is said to feed, by its own path. Names that are no components are left out: the analyzer reports them.</summary>
    /// <param name="type">A marked class.</param>
    /// <param name="components">Its modules.</param>
    public static Dictionary<string, string[]> Of(INamedTypeSymbol type, FlowComponents components)
    {
        var stated = new Dictionary<string, string[]>();
        foreach (var (member, component) in components.Members.Select(m => (m.Key, m.Value)))
        {
            if (member.Attribute(MetadataNames.Feeds) is { } attribute)
            {
                var targets = Names(attribute).Select(name => Find(name, components)).OfType<FlowComponent>();
                stated[(component.Element ?? component).Path] = [.. targets.Select(target => (target.Element ?? target).Path)];
            }
        }

        return stated;
    }

    /// <summary>The names that the attribute gives.</summary>
    public static IEnumerable<string> Names(AttributeData attribute) =>
        attribute.ConstructorArguments.Where(a => a.Kind == TypedConstantKind.Array && !a.IsNull)
            .SelectMany(a => a.Values).Select(v => v.Value).OfType<string>();

    /// <summary>The component of a member's name; null if there is none.</summary>
    public static FlowComponent? Find(string name, FlowComponents components) =>
        components.Members.Where(m => m.Key.Name == name).Select(m => m.Value).FirstOrDefault();
}
