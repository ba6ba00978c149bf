using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using Reparam.Generators.Common;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using Module = TorchSharp.torch.nn.Module;

namespace Reparam.Training;

/// <summary>Adapters alone: the side paths' state of a model, with their settings.</summary>
public static class AdapterExtensions
{
    // Metadata entry: { "<layer path>": { "method": "LoRA", "rank": 8, ... } }.
    private const string SettingsKey = "reparam.adapters";

    // Placement, and what says nothing about the stored factors.
    private static readonly string[] NotStored =
        [nameof(ReparamAttribute.Targets), nameof(ReparamAttribute.Ignore), nameof(ReparamAttribute.Order), nameof(SidePathAttribute.Deferred),
            nameof(Attribute.TypeId)];

    /// <summary>Saves the state of the running side paths, their settings and hashes of the weights that they stand on, and nothing else.</summary>
    /// <param name="module">A model that adapts.</param>
    /// <param name="path">The file; written beside its place and renamed.</param>
    /// <exception cref="InvalidOperationException">No side path runs.</exception>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public static void SaveAdapters(this Module module, string path)
    {
        var layers = module.ReparamLayers().Where(l => l.Layer.IsAdapting).ToArray();
        if (layers.Length == 0)
        {
            throw new InvalidOperationException($"{module.GetName()} has no running side path; call StartAdaptation() first.");
        }

        var writer = new SafetensorsWriter();
        foreach (var (name, tensor) in AdapterState(layers))
        {
            TensorStorage.Add(writer, name, tensor);
        }

        writer.SetMetadata(SettingsKey, new JsonObject(layers.Select(l => KeyValuePair.Create(l.Path, (JsonNode?)Settings(l.Layer)))).ToJsonString());
        BaseMetadata.Write(writer, layers);
        writer.Write(path);
    }

    /// <summary>
    /// Loads adapters onto the weights that the model has; side paths that wait are started first. PiSSA's residual is computed anew from the weights,
    /// so they must be those that the adapters were trained on.
    /// </summary>
    /// <param name="module">A model with the annotations that the adapters were saved with.</param>
    /// <param name="path">A file of <see cref="SaveAdapters"/>.</param>
    /// <param name="requireSameBase">
    /// True refuses adapters that were trained on other weights, by the hash of each layer's weight in the file. Files of versions that wrote no hashes are
    /// not refused. False loads them onto whatever the model has; other weights, and weights of another type, then give another function than was trained.
    /// </param>
    /// <exception cref="CheckpointMismatchException">
    /// Layers, settings, names, shapes or the base do not fit, or values are not finite: all is listed, nothing was loaded and no side path was started.
    /// </exception>
    /// <exception cref="CheckpointException">The file cannot be read or breaks its format.</exception>
    /// <exception cref="InvalidOperationException">A layer whose side path waits is folded.</exception>
    public static void LoadAdapters(this Module module, string path, bool requireSameBase = true)
    {
        ArgumentNullException.ThrowIfNull(module);
        using var file = Checkpoint.Open(path);
        var layers = module.ReparamLayers().Where(l => l.Layer.SidePath is not null).ToArray();
        var settings = CompareSettings(path, file, layers);
        var notFinite = NotFinite(file);
        var otherBase = requireSameBase ? OtherBase(file, layers) : [];
        var hint = otherBase.Length > 0
            ? "Load the weights that the adapters were trained on first, or pass requireSameBase: false to load them onto these."
            : null;
        (settings.NotFinite, settings.OtherBase, settings.Hint) = (notFinite, otherBase, hint);
        if (settings.Missing.Count + settings.Unexpected.Count + settings.Misfits.Count > 0)
        {
            settings.ThrowIfAny();
        }

        using var start = AdaptationStart.Of(module);
        var checkpoint = EarlierNames.Read(file, module);
        var expected = AdapterState(layers).ToDictionary(e => e.Name, e => e.State, StringComparer.Ordinal);
        var mismatch = SafetensorsExtensions.Compare(path, checkpoint, expected);
        (mismatch.NotFinite, mismatch.OtherBase, mismatch.Hint) = (notFinite, otherBase, hint);
        mismatch.ThrowIfAny();

        using var noGrad = no_grad();
        foreach (var (name, tensor) in expected)
        {
            using var stored = TensorStorage.Read(checkpoint, name);
            tensor.copy_(stored);
        }

        foreach (var (_, layer) in layers)
        {
            layer.StateChanged();
        }

        start.Finish();
    }

    private static IEnumerable<(string Name, Tensor State)> AdapterState(IEnumerable<(string Path, ReparamLayer Layer)> layers)
    {
        var shared = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (path, layer) in layers)
        {
            var state = layer.state_dict();
            foreach (var name in layer.PathStates)
            {
                yield return (ReparamModuleExtensions.Join(path, name), state[name]);
            }

            foreach (var name in layer.PathSharedNames.Where(shared.Add))
            {
                yield return (name, layer.FindBuffer(name)!);
            }
        }
    }

    private static CheckpointMismatch CompareSettings(string path, ICheckpoint checkpoint, IReadOnlyList<(string Path, ReparamLayer Layer)> layers)
    {
        var stored = ReadSettings(path, checkpoint);
        var own = layers.ToDictionary(l => l.Path, l => Settings(l.Layer), StringComparer.Ordinal);
        return new CheckpointMismatch(path)
        {
            Missing = [.. own.Keys.Where(name => !stored.ContainsKey(name)).Order(StringComparer.Ordinal)],
            Unexpected = [.. stored.Select(e => e.Key).Where(name => !own.ContainsKey(name)).Order(StringComparer.Ordinal)],
            Misfits = [.. own.Where(l => stored.ContainsKey(l.Key) && stored[l.Key]?.ToJsonString() != l.Value.ToJsonString())
                .Select(l => $"{l.Key} (found {stored[l.Key]?.ToJsonString() ?? "null"}, expected {l.Value.ToJsonString()})")],
        };
    }

    private static JsonObject ReadSettings(string path, ICheckpoint checkpoint)
    {
        if (!checkpoint.Metadata.TryGetValue(SettingsKey, out var text))
        {
            throw new CheckpointMismatchException(path, [], [], [], $"The file has no metadata entry {SettingsKey}: it was not written by SaveAdapters.");
        }

        try
        {
            if (JsonNode.Parse(text) is JsonObject stored)
            {
                // A name that stands twice is found when the object is first asked.
                _ = stored.Count;
                return stored;
            }
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new CheckpointMismatchException(
                path, [], [], [], $"Its metadata entry {SettingsKey} cannot be read: found {e.Message}, expected an object of layer paths with settings.");
        }

        throw new CheckpointMismatchException(path, [], [], [], $"Its metadata entry {SettingsKey} is no object of layer paths with settings.");
    }

    private static string[] NotFinite(ICheckpoint checkpoint)
    {
        using var noGrad = no_grad();
        var found = new List<string>();
        foreach (var name in checkpoint.Names.Where(n => TensorStorage.Converts(checkpoint.Info(n).DType, ScalarType.Float32)).Order(StringComparer.Ordinal))
        {
            using var scope = NewDisposeScope();
            var stored = TensorStorage.Read(checkpoint, name);
            var bad = stored.numel() - stored.isfinite().sum().item<long>();
            if (bad > 0)
            {
                found.Add($"{name} (found {bad} of {stored.numel()} values, expected none)");
            }
        }

        return [.. found];
    }

    private static string[] OtherBase(ICheckpoint checkpoint, IReadOnlyList<(string Path, ReparamLayer Layer)> layers)
    {
        var stored = BaseMetadata.Read(checkpoint);
        var other = new List<string>();
        foreach (var (path, layer) in layers)
        {
            if (stored.TryGetValue(path, out var hashes) && hashes.Length > 0 && layer.KnownBaseHashes is { Count: > 0 } own && !own.Any(hashes.Contains))
            {
                other.Add($"{path} (found {hashes[^1]}, expected {own[^1]})");
            }
        }

        return [.. other];
    }

    private static JsonObject Settings(ReparamLayer layer)
    {
        var options = layer.SidePath!;
        var json = new JsonObject { ["method"] = options.GetType().FullName };
        foreach (var property in options.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(p => !NotStored.Contains(p.Name)).OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            json[StateNames.SnakeCase(property.Name)] = property.GetValue(options) switch
            {
                null => null,
                bool b => JsonValue.Create(b),
                int i => JsonValue.Create((double)i),
                long l => JsonValue.Create((double)l),
                float f => JsonValue.Create((double)f),
                double d => JsonValue.Create(d),
                var other => JsonValue.Create(other.ToString()),
            };
        }

        return json;
    }
}
