using System.Text.Json;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.AdaLoRA;

/// <summary>
/// Ranks and compact adapters of a model with AdaLoRA layers. A merge is <see cref="SafetensorsExtensions.ExportDense"/>, as for every method.
/// </summary>
public static class AdaLoRAExtensions
{
    // Metadata entry: [ { "path": "…", "initRank": 12, "rank": 5 }, … ].
    private const string RanksKey = "reparam.adalora.ranks";
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>The rank of each running AdaLoRA layer, in the order of the model.</summary>
    /// <param name="module">A model.</param>
    public static IReadOnlyList<AdaLoRARank> AdaLoRARanks(this Module module) =>
        [.. LayersOf(module).Select(l => new AdaLoRARank(l.Path, OptionsOf(l.Layer).InitRank, (int)State(l.Layer, "e").count_nonzero().item<long>()))];

    /// <summary>The ranks as a JSON array of <c>{ "path", "initRank", "rank" }</c>.</summary>
    /// <param name="module">A model.</param>
    public static string AdaLoRARankReport(this Module module) => JsonSerializer.Serialize(module.AdaLoRARanks(), Json);

    /// <summary>
    /// Saves the adapters without the ranks whose E is zero. The scale stays that of the rank at the start. A layer of which nothing is left has no tensors
    /// in the file. The metadata entry
    /// <c>reparam.adalora.ranks</c> is the report.
    /// </summary>
    /// <param name="module">A model that adapts.</param>
    /// <param name="path">The file; written beside its place and renamed.</param>
    /// <exception cref="InvalidOperationException">No AdaLoRA layer runs.</exception>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public static void SaveCompactAdapters(this Module module, string path)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var layers = LayersOf(module);
        if (layers.Length == 0)
        {
            throw new InvalidOperationException($"{module.GetName()} has no running AdaLoRA layer; call StartAdaptation() first.");
        }

        var writer = new SafetensorsWriter();
        foreach (var (at, layer) in layers)
        {
            var e = State(layer, "e");
            var kept = e.flatten().nonzero().flatten();
            if (kept.numel() > 0)
            {
                TensorStorage.Add(writer, NameOf(at, "a"), State(layer, "a").index_select(0, kept));
                TensorStorage.Add(writer, NameOf(at, "e"), e.index_select(0, kept));
                TensorStorage.Add(writer, NameOf(at, "b"), State(layer, "b").index_select(1, kept));
            }
        }

        writer.SetMetadata(RanksKey, module.AdaLoRARankReport());
        writer.Write(path);
    }

    /// <summary>
    /// Loads compact adapters onto the weights that the model has; side paths that wait are started first. What the file does not fill is zero.
    /// </summary>
    /// <param name="module">A model with the annotations that the adapters were saved with.</param>
    /// <param name="path">A file of <see cref="SaveCompactAdapters"/>.</param>
    /// <exception cref="CheckpointMismatchException">Layers, ranks, shapes or types do not fit; all is listed, nothing was loaded and no side path was
    /// started.</exception>
    /// <exception cref="CheckpointException">The file cannot be read or breaks its format.</exception>
    public static void LoadCompactAdapters(this Module module, string path)
    {
        ArgumentNullException.ThrowIfNull(module);
        using var checkpoint = Checkpoint.Open(path);
        var ranks = ReadRanks(checkpoint);
        using var start = AdaptationStart.Of(module);
        var layers = LayersOf(module);
        var expected = layers.SelectMany(l => Parts(l.Path, l.Layer, ranks.GetValueOrDefault(l.Path)?.Rank ?? 0))
            .ToDictionary(p => p.Name, StringComparer.Ordinal);
        new CheckpointMismatch(path)
        {
            Missing = [.. layers.Select(l => l.Path).Where(p => !ranks.ContainsKey(p)),
                .. expected.Keys.Where(name => !checkpoint.Contains(name)).Order(StringComparer.Ordinal)],
            Unexpected = [.. ranks.Keys.Except(layers.Select(l => l.Path)),
                .. checkpoint.Names.Where(name => !expected.ContainsKey(name)).Order(StringComparer.Ordinal)],
            Misfits = [.. expected.Values.Where(p => checkpoint.Contains(p.Name)).Select(p => p.Misfit(checkpoint.Info(p.Name))).OfType<string>(),
                .. layers.Select(l => (l.Path, Found: ranks.GetValueOrDefault(l.Path), Most: OptionsOf(l.Layer).InitRank))
                    .Where(l => l.Found is { } found && (found.InitRank != l.Most || found.Rank > l.Most || found.Rank < 0))
                    .Select(l => $"{l.Path} (found rank {l.Found!.Rank} of {l.Found.InitRank}, expected at most {l.Most} of {l.Most})")],
        }.ThrowIfAny();

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (at, layer) in layers)
        {
            State(layer, "e").zero_();
            foreach (var part in Parts(at, layer, ranks[at].Rank))
            {
                part.Target.copy_(TensorStorage.Read(checkpoint, part.Name));
            }

            layer.StateChanged();
        }

        start.Finish();
    }

    private static (string Path, ReparamLayer Layer)[] LayersOf(Module module) =>
        [.. module.ReparamLayers().Where(l => l.Layer is { IsAdapting: true, SidePath: AdaLoRAAttribute })];

    private static AdaLoRAAttribute OptionsOf(ReparamLayer layer) => (AdaLoRAAttribute)layer.SidePath!;

    private static Tensor State(ReparamLayer layer, string name) => layer.FindParameter("reparam.adalora." + name)!;

    private static string NameOf(string path, string state) => ReparamModuleExtensions.Join(path, "reparam.adalora." + state);

    private static IEnumerable<Part> Parts(string path, ReparamLayer layer, int rank) => rank < 1 || rank > OptionsOf(layer).InitRank
        ? []
        :
        [
            new Part(NameOf(path, "a"), State(layer, "a").narrow(0, 0, rank)),
            new Part(NameOf(path, "e"), State(layer, "e").narrow(0, 0, rank)),
            new Part(NameOf(path, "b"), State(layer, "b").narrow(1, 0, rank)),
        ];

    private static Dictionary<string, AdaLoRARank> ReadRanks(ICheckpoint checkpoint)
    {
        if (!checkpoint.Metadata.TryGetValue(RanksKey, out var text))
        {
            throw new CheckpointMismatchException(
                checkpoint.Path, [], [], [], $"The file has no metadata entry {RanksKey}: it was not written by SaveCompactAdapters.");
        }

        try
        {
            var ranks = JsonSerializer.Deserialize<AdaLoRARank?[]>(text, Json) ?? throw new JsonException("found null");
            return ranks.ToDictionary(r => r?.Path ?? throw new JsonException("found an entry without path"), r => r!, StringComparer.Ordinal);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new CheckpointMismatchException(
                checkpoint.Path, [], [], [], $"Its metadata entry {RanksKey} cannot be read: found {e.Message}, expected an array of layers with ranks.");
        }
    }

    private sealed record Part(string Name, Tensor Target)
    {
        public string? Misfit(TensorInfo found) => found.Shape.AsSpan().SequenceEqual(Target.shape) && TensorStorage.Converts(found.DType, Target.dtype)
            ? null
            : $"{Name} (found {found.Describe()}, expected {TensorStorage.StoredType(Target.dtype).FormatName()} [{string.Join(", ", Target.shape)}])";
    }
}
