using System.Reflection;

namespace Reparam.Conformance.Tests.Methods;

/// <summary>The method attributes that the annotations hold, found by reflection.</summary>
internal static class FoundMethods
{
    /// <summary>All of them, in the order of names.</summary>
    public static IReadOnlyList<Type> All { get; } =
    [
        .. typeof(ReparamAttribute).Assembly.GetExportedTypes()
            .Where(type => !type.IsAbstract && typeof(ReparamAttribute).IsAssignableFrom(type))
            .OrderBy(NameOf, StringComparer.Ordinal),
    ];

    /// <summary>The name that users type.</summary>
    public static string NameOf(Type attribute) => attribute.Name[..^nameof(System.Attribute).Length];

    /// <summary>What connects the attribute with the code that does the work.</summary>
    public static ReparamMethodAttribute MethodOf(Type attribute) => attribute.GetCustomAttribute<ReparamMethodAttribute>()
        ?? throw new InvalidOperationException($"{attribute} has no [ReparamMethod]");

    /// <summary>Whether the attribute stands on a layer, and not on a block.</summary>
    public static bool IsOfLayers(Type attribute) => !typeof(StructureAttribute).IsAssignableFrom(attribute);
}
