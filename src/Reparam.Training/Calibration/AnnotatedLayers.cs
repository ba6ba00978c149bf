using System.Reflection;
using System.Text.RegularExpressions;
using Reparam.Compression.Plans;
using TorchSharp.Modules;
using Module = TorchSharp.torch.nn.Module;

namespace Reparam.Training;

/// <summary>The layers of a model that its classes' manifests give a post-training method.</summary>
internal static class AnnotatedLayers
{
    private const string Wildcard = "*";
    private const string AnyName = "?";

    /// <summary>Finds them.</summary>
    /// <param name="model">A model; its marked classes may lie anywhere in it.</param>
    /// <returns>Path in the state dict, the layer, and what the manifest says; each path once.</returns>
    /// <exception cref="System.Text.Json.JsonException">A manifest cannot be read.</exception>
    /// <exception cref="ArgumentException">A structure of the model is not folded.</exception>
    public static IEnumerable<(string Path, Module Layer, ManifestLayer Manifest)> Of(Module model)
    {
        RunningStructures.RequireFolded(model);
        return ReparamModuleExtensions.WalkRunning(model)
            .SelectMany(part => ManifestOf(part.Module.GetType()) is { } manifest ? Listed(part, manifest).Concat(Below(part, manifest)) : [])
            .DistinctBy(found => found.Path)
            .Where(found => found.Manifest.Method is not null)
            .Select(found => (found.Path, found.Layer, found.Manifest));
    }

    private static IEnumerable<Found> Listed((string Path, Module Module) part, ModuleManifest manifest) => manifest.Layers
        .Where(layer => layer.Method is not null)
        .OrderBy(layer => layer.Path.Contains(Wildcard, StringComparison.Ordinal) || layer.Path.Contains(AnyName, StringComparison.Ordinal))
        .SelectMany(layer => Resolve(part.Module, part.Path, layer.Path.Split('.'))
            .Where(found => !layer.Some || KindOf(found.Layer) == layer.Kind)
            .Select(found => new Found(found.Path, found.Layer, layer)));

    // What the manifest does not list: the nearest path says what becomes of it.
    private static IEnumerable<Found> Below((string Path, Module Module) part, ModuleManifest manifest)
    {
        var children = ReparamModuleExtensions.WalkRunning(part.Module).Skip(1).Where(below => ManifestOf(below.Module.GetType()) is { Reached: false })
            .Select(below => ReparamModuleExtensions.Join(part.Path, below.Path)).ToArray();
        foreach (var below in manifest.Below.OrderByDescending(below => below.Path.Length == 0 ? 0 : below.Path.Split('.').Length))
        {
            var listed = manifest.Layers.Where(layer => layer.Path != below.Path)
                .SelectMany(layer => Resolve(part.Module, part.Path, layer.Path.Split('.'))).Select(layer => layer.Path).ToHashSet(StringComparer.Ordinal);
            var starts = below.Path.Length == 0 ? [(part.Path, part.Module)] : Resolve(part.Module, part.Path, below.Path.Split('.'));
            foreach (var (path, module) in starts.SelectMany(start => ReparamModuleExtensions.WalkRunning(start.Item2)
                .Select(found => (ReparamModuleExtensions.Join(start.Item1, found.Path), found.Module))))
            {
                if (KindOf(module) is { } kind && below.Kinds.Contains(kind) && !listed.Contains(path)
                    && !children.Any(child => path == child || path.StartsWith(child + ".", StringComparison.Ordinal))
                    && IsTarget(below.Targets, part.Path.Length == 0 ? path : path[(part.Path.Length + 1)..]))
                {
                    var layer = new ManifestLayer { Path = path, Kind = kind, Method = below.Method, Options = below.Options, InputMap = below.InputMap };
                    yield return new Found(path, module, layer);
                }
            }
        }
    }

    private static bool IsTarget(string? targets, string path) =>
        targets is null || Regex.IsMatch(path, $"^(?:{targets})$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));

    private static string? KindOf(Module module) => module switch
    {
        ReparamLayer layer => layer.Shape.Kind.ToString().ToLowerInvariant(),
        Linear or Conv1d or Conv2d or Embedding => module.GetType().Name.ToLowerInvariant(),
        _ => null,
    };

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
            .Where(child => name == Wildcard ? child.name.All(char.IsAsciiDigit) : name == AnyName || child.name == name)
            .SelectMany(child => Resolve(child.module, ReparamModuleExtensions.Join(path, child.name), names[1..]));
    }

    private readonly record struct Found(string Path, Module Layer, ManifestLayer Manifest);
}
