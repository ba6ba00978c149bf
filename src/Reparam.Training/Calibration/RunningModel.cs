using Reparam.Compression.Methods;
using TorchSharp;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>A model in evaluation mode whose layers run one dense weight each, which can be exchanged. Disposing of it brings everything back.</summary>
internal sealed class RunningModel : IDisposable
{
    private readonly List<(Module Module, bool Training)> modes;
    private readonly List<ReparamLayer> folded = [];
    private readonly Dictionary<string, RunningLayer> layers = new(StringComparer.Ordinal);

    /// <summary>Takes a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tensors">Names of the weights that will be exchanged.</param>
    /// <exception cref="ArgumentException">The model has no such layer, or one that cannot be coded.</exception>
    public RunningModel(Module model, IEnumerable<string> tensors)
    {
        ArgumentNullException.ThrowIfNull(model);
        RunningStructures.RequireFolded(model);
        var modules = ReparamModuleExtensions.WalkRunning(model).ToDictionary(entry => entry.Path, entry => entry.Module, StringComparer.Ordinal);
        modes = [.. modules.Values.Select(module => (module, module.training))];
        Modules = modules;
        try
        {
            model.eval();
            foreach (var (_, layer) in model.ReparamLayers().Where(entry => !entry.Layer.IsFolded))
            {
                layer.Fold();
                folded.Add(layer);
            }

            foreach (var tensor in tensors)
            {
                layers.Add(tensor, new RunningLayer(tensor, ModuleOf(tensor)));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Every module of the model by its path in the state dict.</summary>
    public IReadOnlyDictionary<string, Module> Modules { get; }

    /// <summary>The layers whose weights can be exchanged.</summary>
    public IReadOnlyCollection<RunningLayer> Layers => layers.Values;

    /// <summary>The layer with a weight.</summary>
    public RunningLayer this[string tensor] => layers[tensor];

    /// <summary>The methods of some layers at work: what layers share is what the build makes of them.</summary>
    /// <param name="plans">Weights and how they are coded.</param>
    public CodingSessions Sessions(IEnumerable<(string Tensor, MethodOptions Options)> plans) => new(plans.Select(plan =>
    {
        var layer = layers[plan.Tensor];
        return new SessionLayer(layer.Tensor, layer.Rows, layer.Columns, plan.Options, () => layer.Weights());
    }));

    /// <summary>Runs the float model.</summary>
    public void UseOriginals()
    {
        foreach (var layer in layers.Values)
        {
            layer.UseOriginal();
        }
    }

    /// <summary>Runs the weights that took the place of the float model's.</summary>
    public void UseReplacements()
    {
        foreach (var layer in layers.Values)
        {
            layer.UseReplacement();
        }
    }

    /// <summary>Brings weights, maps and modes back.</summary>
    public void Dispose()
    {
        foreach (var layer in layers.Values)
        {
            layer.Dispose();
        }

        foreach (var layer in folded)
        {
            layer.Unfold();
        }

        // From the root on: each call reaches what is below too.
        foreach (var (module, training) in modes)
        {
            module.train(training);
        }
    }

    private Module ModuleOf(string tensor)
    {
        const string Suffix = ".weight";
        return tensor.EndsWith(Suffix, StringComparison.Ordinal) && Modules.TryGetValue(tensor[..^Suffix.Length], out var module)
            ? module
            : throw new ArgumentException($"the model has no layer with a weight '{tensor}'");
    }
}
