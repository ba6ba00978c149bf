using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;

namespace Reparam.Build.Manifests;

/// <summary>
/// The manifest of one marked class as the build needs it: its text for the plan, and what links it to other classes. The worker reads all of it.
/// </summary>
internal sealed class ManifestLinks
{
    private ManifestLinks(string module, string json, string assembly, bool isRoot, IReadOnlyList<KeyValuePair<string, string>> children)
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

    /// <summary>Path of the assembly that has it.</summary>
    public string Assembly { get; }

    /// <summary>Whether the class is the root of a model.</summary>
    public bool IsRoot { get; }

    /// <summary>Path within the class (<c>blocks.*</c>) and full metadata name of each child module.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Children { get; }

    /// <summary>Reads what the build needs of a manifest.</summary>
    /// <exception cref="BuildErrorException">RPB0008: not a manifest of version 1.</exception>
    public static ManifestLinks Parse(string module, string json, string assembly)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var manifest = document.RootElement;
            RequireVersion(manifest);
            var isRoot = manifest.TryGetProperty("root", out var root) && root.ValueKind == JsonValueKind.True;
            return new ManifestLinks(module, json, assembly, isRoot, [.. ReadChildren(manifest), .. ReadFolded(manifest)]);
        }
        catch (JsonException e)
        {
            throw Unreadable($"it is not JSON: {e.Message}");
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            throw Unreadable(e.Message);
        }

        BuildErrorException Unreadable(string reason) =>
            new("RPB0008", $"The manifest of {module} in '{assembly}' cannot be read: {reason.TrimEnd('.')}.");
    }

    private static void RequireVersion(JsonElement manifest)
    {
        if (manifest.ValueKind != JsonValueKind.Object || !manifest.TryGetProperty("version", out var version))
        {
            throw new FormatException("it is not an object with a member \"version\"");
        }

        if (version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number != 1)
        {
            throw new FormatException(
                $"its version is {version.GetRawText()}, and this build reads version 1: use the same version of Reparam.Sdk in all projects");
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> ReadChildren(JsonElement manifest)
    {
        if (!manifest.TryGetProperty("children", out var children))
        {
            return [];
        }

        return children.ValueKind == JsonValueKind.Array
            ? children.EnumerateArray().Select(child => Text(child, "path") is { } path && Text(child, "module") is { } module
                ? new KeyValuePair<string, string>(path, module)
                : throw new FormatException("an element of \"children\" lacks \"path\" or \"module\""))
            : throw new FormatException("\"children\" is not an array");
    }

    // What a structure folds into is reached as a child at the block's own place.
    private static IEnumerable<KeyValuePair<string, string>> ReadFolded(JsonElement manifest) =>
        !manifest.TryGetProperty("folded", out var folded) ? []
        : Text(folded, "module") is { } module ? [new KeyValuePair<string, string>("", module)]
        : throw new FormatException("\"folded\" lacks \"module\"");

    private static string? Text(JsonElement value, string member) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(member, out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()
            : null;
}
