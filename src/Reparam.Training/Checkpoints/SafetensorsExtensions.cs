using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>Training checkpoints and dense exports of a model as safetensors files.</summary>
public static class SafetensorsExtensions
{
    // Metadata entry that tells a training checkpoint (weights are latents) from a plain one.
    private const string KindKey = "reparam.checkpoint";
    private const string TrainingKind = "training";

    /// <summary>Saves the whole state: latents, methods' state, buffers. Folding changes nothing of what is saved.</summary>
    /// <param name="module">A model.</param>
    /// <param name="path">The file; written beside its place and renamed.</param>
    /// <param name="metadata">Further entries of the header's metadata, or null.</param>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public static void SaveSafetensors(this Module module, string path, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        module.PrepareReparam();
        var writer = new SafetensorsWriter();
        foreach (var (name, tensor) in module.state_dict())
        {
            TensorStorage.Add(writer, name, tensor);
        }

        AddMetadata(writer, metadata);
        writer.SetMetadata(KindKey, TrainingKind);
        BaseMetadata.Write(writer, module.ReparamLayers());
        writer.Write(path);
    }

    /// <summary>
    /// Loads a training checkpoint, or a plain one: a layer of which a plain file holds <c>weight</c> alone is attached to that weight, so that pretrained
    /// weights keep their keys. Floating-point types convert. Parameters keep their identity. What <see cref="DerivedTensors"/> lists need not match.
    /// </summary>
    /// <param name="module">A model.</param>
    /// <param name="path">A safetensors file, an index of shards, or a folder with one of them.</param>
    /// <exception cref="CheckpointMismatchException">Names, shapes or types do not fit; everything that does not is listed and nothing was loaded.</exception>
    /// <exception cref="CheckpointException">The file cannot be read or breaks its format.</exception>
    /// <exception cref="ArgumentException">
    /// A layer's tensor holds values that are not finite, in which case nothing was loaded, or a method refuses its weight.
    /// </exception>
    public static void LoadSafetensors(this Module module, string path)
    {
        ArgumentNullException.ThrowIfNull(module);
        module.PrepareReparam();
        using var file = Checkpoint.Open(path);
        foreach (var (at, layer) in module.ReparamLayers()
            .Where(l => l.Layer.IsWaiting && file.Names.Any(n => n.StartsWith(ReparamModuleExtensions.Join(l.Path, "reparam."), StringComparison.Ordinal))))
        {
            layer.AttachToLoad();
        }

        var checkpoint = EarlierNames.Read(file, module);
        var isTraining = checkpoint.Metadata.TryGetValue(KindKey, out var kind) && kind == TrainingKind;
        var attached = PlainLayers(module, checkpoint).ToDictionary(l => ReparamModuleExtensions.Join(l.Path, "weight"), l => l.Layer, StringComparer.Ordinal);
        var skipped = attached.SelectMany(l => DenseState.StateNamesOf(l.Value).Select(s => l.Key[..^"weight".Length] + s)).ToHashSet(StringComparer.Ordinal);
        var constants = StructureConstants.Of(module);
        if (!isTraining)
        {
            skipped.UnionWith(module.state_dict().Keys.Where(DenseState.IsOfRoot));
        }

        var expected = module.state_dict()
            .Where(e => !skipped.Contains(e.Key) && (checkpoint.Contains(e.Key) || !(DerivedTensors.MayBeMissing(e.Key) || constants.ContainsKey(e.Key))))
            .ToDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal);
        RequireFit(path, module, checkpoint, expected, StructureConstants.Misfits(checkpoint, constants));

        RequireFinite(module, checkpoint, expected);
        var bases = BaseMetadata.Read(checkpoint);
        using var noGrad = no_grad();
        foreach (var (name, tensor) in expected)
        {
            using var stored = TensorStorage.Read(checkpoint, name);
            if (attached.TryGetValue(name, out var layer))
            {
                layer.AttachTo(stored);
            }
            else
            {
                tensor.copy_(stored);
            }
        }

        foreach (var (layerPath, layer) in module.ReparamLayers())
        {
            layer.StateChanged();
            if (bases.TryGetValue(layerPath, out var hashes) && hashes.Length > 0)
            {
                layer.RememberBase(hashes[^1]);
            }
        }

        if (!isTraining)
        {
            ModelRules.Restart(module);
        }
    }

    /// <summary>
    /// Writes what an unannotated model of the same shape loads: every layer's weight dense, with maps and side paths folded in, computed in float64 and
    /// rounded once, under its original name; and every structure as its folded block. The model stays as it is.
    /// </summary>
    /// <param name="module">A model.</param>
    /// <param name="path">The file; written beside its place and renamed.</param>
    /// <param name="config">
    /// A record of numbers, strings and truth values that the root's constructor takes, or null. Kept in the metadata entry <c>reparam.config</c>, from
    /// which the run-time twin's <c>Load(path)</c> makes it again.
    /// </param>
    /// <param name="metadata">Further entries of the header's metadata, or null.</param>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    /// <exception cref="ArgumentException">A dense weight is not finite, or the config holds a value of another type.</exception>
    /// <exception cref="Compression.Structures.StructureException">A block cannot be folded.</exception>
    public static void ExportDense(this Module module, string path, object? config = null, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(module);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var writer = new SafetensorsWriter();
        foreach (var dense in DenseState.Of(module))
        {
            TensorStorage.Add(writer, dense.Name, dense.Value.to(dense.Type));
        }

        AddMetadata(writer, metadata);
        if (config is not null)
        {
            writer.SetMetadata(ConfigJson.Key, ConfigJson.Write(config));
        }

        writer.Write(path);
    }

    internal static CheckpointMismatch Compare(string path, ICheckpoint checkpoint, IReadOnlyDictionary<string, Tensor> expected)
    {
        var missing = expected.Keys.Where(name => !checkpoint.Contains(name)).Order(StringComparer.Ordinal).ToArray();
        var unexpected = checkpoint.Names.Where(name => !expected.ContainsKey(name) && DerivedTensors.ReasonToIgnore(checkpoint.Info(name)) is null)
            .Order(StringComparer.Ordinal).ToArray();
        var misfits = expected.Where(e => checkpoint.Contains(e.Key)).OrderBy(e => e.Key, StringComparer.Ordinal)
            .Select(e => Misfit(checkpoint.Info(e.Key), e.Value)).OfType<string>().ToArray();
        return new CheckpointMismatch(path) { Missing = missing, Unexpected = unexpected, Misfits = misfits };
    }

    private static void RequireFit(
        string path, Module module, ICheckpoint checkpoint, IReadOnlyDictionary<string, Tensor> expected, IReadOnlyList<string> otherConstants)
    {
        var mismatch = Compare(path, checkpoint, expected);
        mismatch.Misfits = [.. mismatch.Misfits, .. otherConstants];
        var waits = mismatch.Unexpected.Any(name => name.Contains(".reparam.", StringComparison.Ordinal))
            && mismatch.Missing.Count + mismatch.Misfits.Count == 0;
        var folded = module.StructureBlocks().FirstOrDefault(b => mismatch.Missing.Any(name => name.StartsWith(b.Path + ".", StringComparison.Ordinal)));
        mismatch.Hint = waits ? "If the file was saved during adaptation, call StartAdaptation() before loading."
            : folded.Block is null ? null
            : $"The structure '{folded.Path}' trains in its unfolded form: load a training checkpoint. An export holds the folded block, which cannot be "
                + "unfolded.";
        mismatch.ThrowIfAny();
    }

    // Before anything is loaded: a NaN in one layer must not leave half a model behind.
    private static void RequireFinite(Module module, ICheckpoint checkpoint, IReadOnlyDictionary<string, Tensor> expected)
    {
        foreach (var (path, layer) in module.ReparamLayers())
        {
            foreach (var own in layer.state_dict().Keys.Where(own => expected.ContainsKey(ReparamModuleExtensions.Join(path, own))))
            {
                var name = ReparamModuleExtensions.Join(path, own);
                using var stored = TensorStorage.Read(checkpoint, name);
                layer.RequireFinite(stored, $"{checkpoint.Path}: the tensor {name}");
            }
        }
    }

    private static string? Misfit(TensorInfo found, Tensor expected) =>
        found.Shape.AsSpan().SequenceEqual(expected.shape) && TensorStorage.Converts(found.DType, expected.dtype)
            ? null
            : $"{found.Name} (found {found.Describe()}, expected {TensorStorage.StoredType(expected.dtype).FormatName()} "
                + $"[{string.Join(", ", expected.shape)}])";

    // Layers of which the file, no training checkpoint, holds none of the methods' state.
    private static IEnumerable<(string Path, ReparamLayer Layer)> PlainLayers(Module module, ICheckpoint checkpoint)
    {
        if (checkpoint.Metadata.TryGetValue(KindKey, out var kind) && kind == TrainingKind)
        {
            return [];
        }

        var layers = ReparamModuleExtensions.ReparamLayersByName(module).ToArray();
        var trained = layers.Where(l => DenseState.StateNamesOf(l.Layer).Any(s => checkpoint.Contains(ReparamModuleExtensions.Join(l.Path, s))))
            .Select(l => l.Layer).ToHashSet<ReparamLayer>(ReferenceEqualityComparer.Instance);
        return layers.Where(l => !trained.Contains(l.Layer));
    }

    private static void AddMetadata(SafetensorsWriter writer, IReadOnlyDictionary<string, string>? metadata)
    {
        foreach (var (key, value) in metadata ?? new Dictionary<string, string>())
        {
            writer.SetMetadata(key, value);
        }
    }
}
