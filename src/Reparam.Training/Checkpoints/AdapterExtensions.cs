using System.Reflection;
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
        [nameof(ReparamAttribute.Targets), nameof(ReparamAttribute.Ignore), nameof(ReparamAttribute.Order), nameof(SidePathAttribute.Deferred), nameof(Attribute.TypeId)];

    /// <summary>Saves the state of the running side paths and their settings, and nothing else.</summary>
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
        writer.Write(path);
    }

    /// <summary>
    /// Loads adapters onto the weights that the model has; side paths that wait are started first. PiSSA's residual is computed anew from the weights,
    /// so they must be those that the adapters were trained on.
    /// </summary>
    /// <param name="module">A model with the annotations that the adapters were saved with.</param>
    /// <param name="path">A file of <see cref="SaveAdapters"/>.</param>
    /// <exception cref="CheckpointMismatchException">Layers, settings, names or shapes do not fit; nothing was loaded.</exception>
    /// <exception cref="CheckpointException">The file cannot be read or breaks its format.</exception>
    public static void LoadAdapters(this Module module, string path)
    {
        using var checkpoint = Checkpoint.Open(path);
        var layers = module.ReparamLayers().Where(l => l.Layer.SidePath is not null).ToArray();
        RequireSettings(path, checkpoint, layers);
        if (layers.Any(l => !l.Layer.IsAdapting))
        {
            module.StartAdaptation();
        }

        var expected = AdapterState(layers).ToDictionary(e => e.Name, e => e.State, StringComparer.Ordinal);
        SafetensorsExtensions.RequireFit(path, checkpoint, expected);
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
    }

    private static IEnumerable<(string Name, Tensor State)> AdapterState(IEnumerable<(string Path, ReparamLayer Layer)> layers)
    {
        foreach (var (path, layer) in layers)
        {
            var state = layer.state_dict();
            foreach (var name in layer.PathStates)
            {
                yield return (ReparamModuleExtensions.Join(path, name), state[name]);
            }
        }
    }

    private static void RequireSettings(string path, ICheckpoint checkpoint, IReadOnlyList<(string Path, ReparamLayer Layer)> layers)
    {
        if (!checkpoint.Metadata.TryGetValue(SettingsKey, out var text) || JsonNode.Parse(text) is not JsonObject stored)
        {
            throw new CheckpointMismatchException(path, [], [], [], $"The file has no metadata entry {SettingsKey}: it was not written by SaveAdapters.");
        }

        var own = layers.ToDictionary(l => l.Path, l => Settings(l.Layer), StringComparer.Ordinal);
        var missing = own.Keys.Where(name => !stored.ContainsKey(name)).Order(StringComparer.Ordinal).ToArray();
        var unexpected = stored.Select(e => e.Key).Where(name => !own.ContainsKey(name)).Order(StringComparer.Ordinal).ToArray();
        var misfits = own.Where(l => stored.ContainsKey(l.Key) && stored[l.Key]?.ToJsonString() != l.Value.ToJsonString())
            .Select(l => $"{l.Key} (found {stored[l.Key]?.ToJsonString()}, expected {l.Value.ToJsonString()})").ToArray();
        if (missing.Length + unexpected.Length + misfits.Length > 0)
        {
            throw new CheckpointMismatchException(path, missing, unexpected, misfits);
        }
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
