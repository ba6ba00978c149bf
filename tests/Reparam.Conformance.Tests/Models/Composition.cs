using System.Reflection;
using Reparam.Conformance.Tests.Methods;

namespace Reparam.Conformance.Tests.Models;

/// <summary>What docs/architecture.md says of methods that stand together on a layer.</summary>
internal static class Composition
{
    /// <summary>A part of the message of the rule that a chain breaks; null for none.</summary>
    /// <param name="chain">The methods, in the order in which they are written.</param>
    public static string? BrokenRule(IReadOnlyList<MethodCase> chain)
    {
        var paths = chain.Select((method, i) => (method, i)).Where(m => Is<SidePathAttribute>(m.method)).Select(m => m.i).ToArray();
        var lastMap = chain.Select((method, i) => (method, i)).Where(m => Is<WeightMapAttribute>(m.method)).Select(m => m.i).DefaultIfEmpty(-1).Last();
        return paths.Length > 0 && paths[0] < lastMap ? "a side path must come after every weight map"
            : chain.Count(HasInputMap) > 1 ? "a layer takes at most one input map"
            : paths.Length > 1 ? "a layer takes at most one side path"
            : chain.Count(Is<PostTrainingAttribute>) > 1 ? "a layer takes at most one post-training method"
            : null;
    }

    /// <summary>Whether the layer is wrapped: a post-training method alone leaves it as it is, and an embedding has no inputs to map.</summary>
    public static bool Wraps(MethodCase method, LayerKinds kind) => !Is<PostTrainingAttribute>(method) || (HasInputMap(method) && kind != LayerKinds.Embedding);

    /// <summary>Whether the layer's operation sees its input mapped.</summary>
    public static bool HasInputMap(MethodCase method) => Is<InputMapAttribute>(method)
        || (method.Attribute.GetCustomAttribute<ReparamInputMapAttribute>() is { } map
            && (map.When is null || method.Named.Split(", ").Any(named => named.StartsWith(map.When + " = ", StringComparison.Ordinal))));

    private static bool Is<T>(MethodCase method) => typeof(T).IsAssignableFrom(method.Attribute);
}
