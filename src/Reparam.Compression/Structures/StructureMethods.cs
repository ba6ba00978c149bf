using System.Collections.Concurrent;

namespace Reparam.Compression.Structures;

/// <summary>The structure methods that a build knows. One of another assembly is added by <see cref="Register"/>.</summary>
public static class StructureMethods
{
    private static readonly ConcurrentDictionary<string, StructureMethod> Known = new(OwnMethods().ToDictionary(method => method.Name), StringComparer.Ordinal);

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<StructureMethod> All => [.. Known.Values.OrderBy(method => method.Name, StringComparer.Ordinal)];

    /// <summary>Adds a method, or replaces the one of the same name.</summary>
    public static void Register(StructureMethod method)
    {
        ArgumentNullException.ThrowIfNull(method);
        Known[method.Name] = method;
    }

    /// <summary>The method of a full metadata name; null where none is registered.</summary>
    public static StructureMethod? Find(string name) => Known.GetValueOrDefault(name);

    private static StructureMethod[] OwnMethods() =>
    [
        new ChannelIdle.ChannelIdleFold(),
    ];
}
