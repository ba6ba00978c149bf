using System.Collections.Generic;
using Reparam.Build.Json;

namespace Reparam.Build.Manifests;

/// <summary>The manifest of one marked class. Of the document the build reads only what links classes; the worker reads the rest.</summary>
internal sealed class ModuleManifest
{
    private ModuleManifest(string module, string json, string assembly, bool isRoot, IReadOnlyList<KeyValuePair<string, string>> children)
    {
        Module = module;
        Json = json;
        Assembly = assembly;
        IsRoot = isRoot;
        Children = children;
    }

    /// <summary>Full metadata name of the class.</summary>
    public string Module { get; }

    /// <summary>The document, as the generator wrote it.</summary>
    public string Json { get; }

    /// <summary>Path of the assembly that carries it.</summary>
    public string Assembly { get; }

    /// <summary>Whether the class is the root of a model.</summary>
    public bool IsRoot { get; }

    /// <summary>Path within the class (<c>blocks.*</c>) and full metadata name of each child module.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Children { get; }

    /// <summary>Reads what the build needs of a manifest.</summary>
    /// <exception cref="BuildErrorException">RPB0008: not a manifest of version 1.</exception>
    public static ModuleManifest Parse(string module, string json, string assembly)
    {
        object? document;
        try
        {
            document = JsonParser.Parse(json);
        }
        catch (JsonFormatException e)
        {
            throw Unreadable(module, assembly, $"it is not JSON: {e.Message}");
        }

        if (document is not Dictionary<string, object?> members || !members.TryGetValue("version", out var version))
        {
            throw Unreadable(module, assembly, "it is not an object with a member \"version\"");
        }

        if (version is not 1.0)
        {
            throw Unreadable(module, assembly, $"its version is {version ?? "null"}, and this build reads version 1: use the same version of Reparam.Sdk in all projects");
        }

        var isRoot = members.TryGetValue("root", out var root) && root is true;
        var children = new List<KeyValuePair<string, string>>();
        if (members.TryGetValue("children", out var edges))
        {
            foreach (var edge in edges as List<object?> ?? throw Unreadable(module, assembly, "\"children\" is not an array"))
            {
                if (edge is not Dictionary<string, object?> child || !child.TryGetValue("path", out var path) || path is not string
                    || !child.TryGetValue("module", out var type) || type is not string)
                {
                    throw Unreadable(module, assembly, "an element of \"children\" lacks \"path\" or \"module\"");
                }

                children.Add(new KeyValuePair<string, string>((string)path, (string)type));
            }
        }

        // What a structure folds into is reached as a child at the block's own place.
        if (members.TryGetValue("folded", out var folded))
        {
            children.Add(folded is Dictionary<string, object?> target && target.TryGetValue("module", out var type) && type is string name
                ? new KeyValuePair<string, string>("", name)
                : throw Unreadable(module, assembly, "\"folded\" lacks \"module\""));
        }

        return new ModuleManifest(module, json, assembly, isRoot, children);
    }

    private static BuildErrorException Unreadable(string module, string assembly, string reason) =>
        new("RPB0008", $"The manifest of {module} in '{assembly}' cannot be read: {reason}.");
}
