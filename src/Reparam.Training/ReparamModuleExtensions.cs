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

    /// <summary>Folds every layer to one dense weight; layers that are folded stay so. See <see cref="ReparamLayer.Fold"/>.</summary>
    /// <param name="module">A model or a part of one.</param>
    /// <exception cref="ArgumentException">A dense weight holds values that are not finite; the message names the layer.</exception>
    public static void Fold(this Module module)
    {
        foreach (var (_, layer) in module.ReparamLayers())
        {
            layer.Fold();
        }
    }

    /// <summary>Undoes <see cref="Fold"/> exactly.</summary>
    /// <param name="module">A model or a part of one.</param>
    public static void Unfold(this Module module)
    {
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
            throw new InvalidOperationException($"{module.GetName()} has no layer with a side path, so there is nothing to adapt. Annotate a layer, for example with [LoRA(8, Deferred = true)].");
        }

        foreach (var (_, layer) in layers)
        {
            layer.StartAdaptation();
        }

        foreach (var (path, part) in Walk(module, ""))
        {
            if (part is not ReparamLayer)
            {
                foreach (var (_, parameter) in part.named_parameters(false))
                {
                    parameter.requires_grad = false;
                }
            }
        }
    }

    /// <summary>What the methods do after each optimizer step: clamps and step rules. Call it right after <c>optimizer.step()</c>.</summary>
    /// <param name="module">A model.</param>
    public static void AfterOptimizerStep(this Module module)
    {
        foreach (var (_, layer) in module.ReparamLayers())
        {
            layer.AfterOptimizerStep();
        }
    }

    /// <summary>A module and everything below it, each object once, with paths as the state dict has them.</summary>
    internal static IEnumerable<(string Path, Module Module)> Walk(Module module, string path)
    {
        var seen = new HashSet<Module>(ReferenceEqualityComparer.Instance);
        return Visit(module, path);

        IEnumerable<(string Path, Module Module)> Visit(Module part, string at)
        {
            if (!seen.Add(part))
            {
                yield break;
            }

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

    /// <summary>A name below a path.</summary>
    internal static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
