using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>The state of a module as an unannotated model of the same shape has it: dense weights, and folded blocks in the place of structures.</summary>
internal static class DenseState
{
    /// <summary>Computes it. Call it under <c>no_grad</c> and in a dispose scope that lasts as long as the result is read.</summary>
    /// <param name="module">A model or a part of one.</param>
    /// <param name="keepsRoot">True takes a structure that is the module itself in its unfolded form: what its fold starts from.</param>
    /// <exception cref="ArgumentException">A dense weight is not finite.</exception>
    /// <exception cref="Compression.Structures.StructureException">A block cannot be folded.</exception>
    public static List<DenseTensor> Of(Module module, bool keepsRoot = false)
    {
        var blocks = Outermost(module, keepsRoot);
        var layers = ReparamModuleExtensions.ReparamLayersByName(module).ToArray();
        var dense = layers.ToDictionary(l => ReparamModuleExtensions.Join(l.Path, "weight"), l => l.Layer, StringComparer.Ordinal);
        var dropped = layers.SelectMany(
            l => StateNamesOf(l.Layer).Except(l.Layer.ExportsInput ? l.Layer.InputStates : []).Select(s => ReparamModuleExtensions.Join(l.Path, s)))
            .ToHashSet(StringComparer.Ordinal);
        var written = new HashSet<string>(StringComparer.Ordinal);
        var state = new List<DenseTensor>();
        foreach (var (name, tensor) in module.state_dict())
        {
            if (blocks.FirstOrDefault(b => b.Path.Length == 0 || name.StartsWith(b.Path + ".", StringComparison.Ordinal)) is { Block: not null } owner)
            {
                if (written.Add(owner.Path))
                {
                    state.AddRange(owner.Block.FoldedState().Select(t => t with { Name = ReparamModuleExtensions.Join(owner.Path, t.Name) }));
                }
            }
            else if (!dropped.Contains(name) && (keepsRoot || !IsOfRoot(name)))
            {
                state.Add(new DenseTensor(name, tensor.dtype, dense.TryGetValue(name, out var layer) ? layer.DenseWeight() : tensor));
            }
        }

        return state;
    }

    /// <summary>What the root keeps for its rules and for layers that share.</summary>
    public static bool IsOfRoot(string name) => name.StartsWith(RootState.ChildName + ".", StringComparison.Ordinal);

    /// <summary>Names of a layer's methods' state.</summary>
    public static IEnumerable<string> StateNamesOf(ReparamLayer layer) =>
        layer.state_dict().Keys.Where(name => name.StartsWith("reparam.", StringComparison.Ordinal));

    // A structure within another is folded by the outer one's own dense state.
    private static List<(string Path, IStructureBlock Block)> Outermost(Module module, bool keepsRoot)
    {
        var found = new List<(string Path, IStructureBlock Block)>();
        foreach (var (path, block) in module.StructureBlocks().Where(b => !keepsRoot || b.Path.Length > 0))
        {
            if (!found.Any(outer => outer.Path.Length == 0 || path.StartsWith(outer.Path + ".", StringComparison.Ordinal)))
            {
                found.Add((path, block));
            }
        }

        return found;
    }
}
