using System.Reflection;
using Reparam.Compression.Plans;
using Module = TorchSharp.torch.nn.Module;

namespace Reparam.Training;

/// <summary>The layers of a model that its classes' manifests give a post-training method.</summary>
internal static class AnnotatedLayers
{
    private const string Wildcard = "*";

    /// <summary>Finds them.</summary>
    /// <param name="model">A model; its marked classes may lie anywhere in it.</param>
    /// <returns>Path in the state dict, the layer, and what the manifest says; each path once.</returns>
    /// <exception cref="System.Text.Json.JsonException">A manifest cannot be read.</exception>
    /// <exception cref="ArgumentException">A structure of the model is not folded.</exception>
    public static IEnumerable<(string Path, Module Layer, ManifestLayer Manifest)> Of(Module model)
    {
        RunningStructures.RequireFolded(model);
        return ReparamModuleExtensions.WalkRunning(model)
            .SelectMany(part => (ManifestOf(part.Module.GetType())?.Layers ?? [])
                .Where(layer => layer.Method is not null)
                .SelectMany(layer => Resolve(part.Module, part.Path, layer.Path.Split('.')).Select(found => (found.Path, found.Layer, layer))))
            .DistinctBy(found => found.Path);
    }

    // A class that derives from a marked one without being marked has its base's layers.
    private static ModuleManifest? ManifestOf(Type type)
    {
        for (var at = type; at is not null && at != typeof(Module); at = at.BaseType)
        {
            var name = (at.IsGenericType ? at.GetGenericTypeDefinition() : at).FullName;
            if (at.Assembly.GetCustomAttributes<ReparamManifestAttribute>().FirstOrDefault(manifest => manifest.Module == name) is { } manifest)
            {
                return ModuleManifest.Parse(manifest.Json);
            }
        }

        return null;
    }

    private static IEnumerable<(string Path, Module Layer)> Resolve(Module module, string path, ReadOnlyMemory<string> names)
    {
        if (names.IsEmpty)
        {
            return [(path, module)];
        }

        var name = names.Span[0];
        return module.named_children()
            .Where(child => name == Wildcard ? child.name.All(char.IsAsciiDigit) : child.name == name)
            .SelectMany(child => Resolve(child.module, ReparamModuleExtensions.Join(path, child.name), names[1..]));
    }
}
