using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>The life cycle of a whole model: each call reaches every emitted layer below a module.</summary>
public static class ReparamModuleExtensions
{
    /// <summary>The emitted layers below a module (itself included), with their paths in the state dict.</summary>
    /// <param name="module">A model or a part of one.</param>
    public static IEnumerable<(string Path, ReparamLayer Layer)> ReparamLayers(this Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return Walk(module, "").Where(m => m.Module is ReparamLayer).Select(m => (m.Path, (ReparamLayer)m.Module));
    }

    /// <summary>The structures below a module (itself included), with their paths in the state dict; an outer one comes before those within it.</summary>
    /// <param name="module">A model or a part of one.</param>
    public static IEnumerable<(string Path, IStructureBlock Block)> StructureBlocks(this Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return Walk(module, "").Where(m => m.Module is IStructureBlock).Select(m => (m.Path, (IStructureBlock)m.Module));
    }

    /// <summary>
    /// Folds every structure to its folded block and every layer to one dense weight; what is folded stays so. See <see cref="IStructureBlock.Fold"/> and
    /// <see cref="ReparamLayer.Fold"/>.
    /// </summary>
    /// <param name="module">A model or a part of one.</param>
    /// <exception cref="ArgumentException">A dense weight holds values that are not finite; the message names the layer.</exception>
    /// <exception cref="Compression.Structures.StructureException">A block cannot be folded.</exception>
    public static void Fold(this Module module)
    {
        foreach (var (_, block) in module.StructureBlocks())
        {
            block.Fold();
        }

        foreach (var (_, layer) in module.ReparamLayers())
        {
            layer.Fold();
        }
    }

    /// <summary>Undoes <see cref="Fold"/> exactly.</summary>
    /// <param name="module">A model or a part of one.</param>
    public static void Unfold(this Module module)
    {
        foreach (var (_, block) in module.StructureBlocks())
        {
            block.Unfold();
        }

        foreach (var (_, layer) in module.ReparamLayers())
        {
            layer.Unfold();
        }
    }

    /// <summary>
    /// Turns pretraining into fine-tuning: side paths that waited for it start, maps stay in their evaluation form, and every parameter of the model
    /// that is no side path's is frozen.
    /// </summary>
    /// <param name="module">A model.</param>
    /// <exception cref="InvalidOperationException">A layer is folded, or no layer of the model has a side path.</exception>
    public static void StartAdaptation(this Module module)
    {
        var layers = module.ReparamLayers().ToArray();
        if (layers.All(l => l.Layer.SidePath is null))
        {
            throw new InvalidOperationException(
                $"{module.GetName()} has no layer with a side path, so there is nothing to adapt. Annotate a layer, for example with [LoRA(8, "
                    + "Deferred = true)].");
        }

        module.PrepareReparam();
        foreach (var (_, layer) in layers)
        {
            layer.StartAdaptation();
        }

        var ofPaths = layers.SelectMany(l => l.Layer.PathSharedNames).ToHashSet(StringComparer.Ordinal);
        foreach (var (path, part) in Walk(module, "").Where(part => part.Module is not ReparamLayer))
        {
            foreach (var (name, parameter) in part.named_parameters(false))
            {
                // Where layers share state, the side paths' goes on training.
                if (!IsOfRoot(path) || !ofPaths.Contains(Join(path, name)))
                {
                    parameter.requires_grad = false;
                }
            }
        }
    }

    /// <summary>
    /// Attaches what waits for its model: methods whose layers share state. Makes the model rules and their state. The calls that train, save and load do
    /// it themselves; call it before TorchSharp's own <c>load</c>.
    /// </summary>
    /// <param name="module">A model.</param>
    /// <exception cref="InvalidOperationException">
    /// A layer that waits is folded, a part of the model has been trained as a model of its own, or rules of two attributes keep their state under one name.
    /// </exception>
    public static void PrepareReparam(this Module module)
    {
        var layers = module.ReparamLayers().ToArray();
        if (layers.Any(l => l.Layer.WaitsFor(AttachNeeds.Root)))
        {
            var root = RootState.Of(module);
            foreach (var (_, layer) in layers)
            {
                layer.GiveRoot(root);
            }
        }

        ModelRules.Of(module);
    }

    /// <summary>
    /// Calibrates what asks for statistics of its inputs, in two phases. While <paramref name="run"/> calls the model, under no_grad and in evaluation mode,
    /// each such layer records what it is given, and input maps that ask for statistics pass it on unchanged. Then methods that waited for it are attached, in
    /// the order of the model, and input maps are attached anew. Call it before an optimizer is made.
    /// </summary>
    /// <param name="module">A model.</param>
    /// <param name="run">Calls the model with representative inputs.</param>
    /// <exception cref="InvalidOperationException">A layer that asks saw no input, or is folded.</exception>
    public static void CalibrateReparam(this Module module, Action run)
    {
        ArgumentNullException.ThrowIfNull(run);
        module.PrepareReparam();
        var layers = module.ReparamLayers().Select(l => l.Layer).Where(l => l.AsksForInputs).ToArray();
        var modes = Walk(module, "").Select(part => (part.Module, part.Module.training)).ToArray();
        module.eval();
        using var noGrad = TorchSharp.torch.no_grad();
        try
        {
            foreach (var layer in layers)
            {
                layer.Observe();
            }

            run();
            foreach (var layer in layers)
            {
                layer.GiveInputs(layer.Observed());
            }
        }
        finally
        {
            foreach (var layer in layers)
            {
                layer.StopObserving();
            }

            // From the root down, because a module hands its mode to all below it.
            foreach (var (part, wasTraining) in modes)
            {
                part.train(wasTraining);
            }
        }
    }

    /// <summary>The loss with what model rules add to it; the loss itself where none does.</summary>
    /// <param name="module">A model.</param>
    /// <param name="loss">A scalar.</param>
    public static TorchSharp.torch.Tensor AddReparamLoss(this Module module, TorchSharp.torch.Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        module.PrepareReparam();
        return ModelRules.Of(module).Select(rule => rule.RunLoss()).Aggregate(loss, (sum, term) => term is null ? sum : sum + term);
    }

    /// <summary>What model rules do between <c>backward()</c> and <c>optimizer.step()</c>.</summary>
    /// <param name="module">A model.</param>
    public static void AfterBackward(this Module module)
    {
        module.PrepareReparam();
        using var noGrad = TorchSharp.torch.no_grad();
        using var scope = TorchSharp.torch.NewDisposeScope();
        foreach (var rule in ModelRules.Of(module))
        {
            rule.RunAfterBackward(rule.Step);
        }
    }

    /// <summary>
    /// What the methods do after each optimizer step: clamps, step rules and model rules. Call it right after <c>optimizer.step()</c>, before the gradients
    /// are cleared.
    /// </summary>
    /// <param name="module">A model.</param>
    public static void AfterOptimizerStep(this Module module)
    {
        module.PrepareReparam();
        ModelRules.AfterStep(module);
        foreach (var (_, layer) in module.ReparamLayers())
        {
            layer.AfterOptimizerStep();
        }
    }

    private static bool IsOfRoot(string path) => path == RootState.ChildName || path.StartsWith(RootState.ChildName + ".", StringComparison.Ordinal);

    /// <summary>As <see cref="Walk"/>, with the folded block in the place of each structure that is folded: what runs, and what an export names.</summary>
    internal static IEnumerable<(string Path, Module Module)> WalkRunning(Module module) => Walk(module, "", running: true);

    /// <summary>A module and everything below it, each object once, with paths as the state dict has them.</summary>
    internal static IEnumerable<(string Path, Module Module)> Walk(Module module, string path, bool running = false)
    {
        var seen = new HashSet<Module>(ReferenceEqualityComparer.Instance);
        return Visit(module, path);

        IEnumerable<(string Path, Module Module)> Visit(Module part, string at)
        {
            if (!seen.Add(part))
            {
                yield break;
            }

            part = running && part is IStructureBlock { FoldedBlock: { } folded } ? folded : part;
            yield return (at, part);
            foreach (var (name, child) in part.named_children())
            {
                foreach (var below in Visit(child, Join(at, name)))
                {
                    yield return below;
                }
            }
        }
    }

    /// <summary>The emitted layers below a module with all of their paths: a layer that several members hold has several.</summary>
    internal static IEnumerable<(string Path, ReparamLayer Layer)> ReparamLayersByName(Module module)
    {
        var around = new List<Module>();
        return Visit(module, "");

        IEnumerable<(string Path, ReparamLayer Layer)> Visit(Module part, string at)
        {
            if (part is ReparamLayer layer)
            {
                yield return (at, layer);
                yield break;
            }

            if (around.Contains(part, ReferenceEqualityComparer.Instance))
            {
                yield break;
            }

            around.Add(part);
            foreach (var (name, child) in part.named_children())
            {
                foreach (var below in Visit(child, Join(at, name)))
                {
                    yield return below;
                }
            }

            around.RemoveAt(around.Count - 1);
        }
    }

    /// <summary>A name below a path.</summary>
    internal static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
