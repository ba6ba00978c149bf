using System.Collections.Immutable;
using Reparam.Compression.Structures;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>The folded form of a block: made by the method from the block's dense state, and made again where that has changed.</summary>
/// <typeparam name="TFolded">Class of the folded block.</typeparam>
/// <param name="block">The block.</param>
/// <param name="create">Makes a folded block, whose values do not matter.</param>
internal sealed class StructureFold<TFolded>(Module block, Func<TFolded> create)
    where TFolded : Module
{
    private readonly List<string> paused = [];
    private readonly List<ReparamLayer> foldedLayers = [];
    private TFolded? folded;

    // What the folded form was made from: the objects, a hash of all their bytes, and one that costs little.
    private Tensor[] madeFrom = [];
    private string digest = "";
    private ulong glance;
    private bool mayHaveChanged;

    /// <summary>True while the block runs the folded form.</summary>
    public bool IsFolded { get; private set; }

    /// <summary>What the last fold had to say.</summary>
    public IReadOnlyList<string> Notes { get; private set; } = [];

    /// <summary>Makes the folded form, lets the block look at it, and takes the gradient from what the block trains.</summary>
    /// <param name="method">How the block is folded.</param>
    /// <param name="options">The block's annotation.</param>
    /// <param name="verify">Compares both forms; runs in evaluation mode.</param>
    public TFolded Fold(StructureMethod method, StructureAttribute options, Action<TFolded> verify)
    {
        if (IsFolded)
        {
            return Current(method, options);
        }

        using var noGrad = no_grad();
        var made = Fill(Made(), method, options);
        try
        {
            InEvaluation(() => verify(made));
        }
        catch
        {
            made.Dispose();
            throw;
        }

        Keep(made);
        foreach (var (_, layer) in block.ReparamLayers().Where(l => !l.Layer.IsFolded))
        {
            layer.Fold();
            foldedLayers.Add(layer);
        }

        foreach (var (name, parameter) in block.named_parameters().Where(p => p.parameter.requires_grad))
        {
            parameter.requires_grad = false;
            paused.Add(name);
        }

        IsFolded = true;
        return made;
    }

    /// <summary>Goes back to the block's own form, which was never touched.</summary>
    public void Unfold()
    {
        if (!IsFolded)
        {
            return;
        }

        IsFolded = false;
        Drop();
        foldedLayers.ForEach(layer => layer.Unfold());
        foldedLayers.Clear();

        // By name: Module.to() replaces the objects.
        var parameters = block.named_parameters().ToDictionary(p => p.name, p => p.parameter, StringComparer.Ordinal);
        paused.ForEach(name => parameters[name].requires_grad = true);
        paused.Clear();
    }

    /// <summary>The folded form, made again where the block has changed since.</summary>
    /// <param name="method">How the block is folded.</param>
    /// <param name="options">The block's annotation.</param>
    public TFolded Current(StructureMethod method, StructureAttribute options)
    {
        if (HasChanged())
        {
            using var noGrad = no_grad();
            Keep(Fill(folded!, method, options));
        }

        return folded!;
    }

    /// <summary>The folded form's dense state, for an export. The block stays as it is.</summary>
    /// <param name="method">How the block is folded.</param>
    /// <param name="options">The block's annotation.</param>
    public IReadOnlyList<DenseTensor> State(StructureMethod method, StructureAttribute options) =>
        DenseState.Of(IsFolded ? Current(method, options) : Fill(Made(), method, options));

    /// <summary>The block's tensors were handed out, so that they may be written over.</summary>
    public void HandedOut() => mayHaveChanged = true;

    /// <summary>Frees the folded form.</summary>
    public void Drop()
    {
        folded?.Dispose();
        folded = null;
        madeFrom = [];
    }

    private static IEnumerable<(string Name, Tensor Tensor)> TensorsOf(Module module) =>
        module.named_parameters().Select(p => (p.name, (Tensor)p.parameter)).Concat(module.named_buffers().Select(b => (b.name, b.buffer)));

    private static void Require(Module module, string owner, IReadOnlyList<FoldedTensor> tensors, IReadOnlyDictionary<string, Tensor> expected)
    {
        string[] given = [.. tensors.Select(t => t.Name)], needed = [.. expected.Keys];
        string[] wrong =
        [
            .. needed.Except(given).Where(name => !Checkpoints.DerivedTensors.MayBeMissing(name)).Select(name => $"gives no '{name}'"),
            .. given.Except(needed).Select(name => $"gives '{name}', which it lacks"),
            .. tensors.Where(t => expected.TryGetValue(t.Name, out var own) && !own.shape.AsSpan().SequenceEqual(t.Shape.AsSpan()))
                .Select(t => $"gives '{t.Name}' [{string.Join(", ", t.Shape)}] where it has [{string.Join(", ", expected[t.Name].shape)}]"),
        ];
        if (wrong.Length > 0)
        {
            throw new StructureException($"the fold of {owner} does not fit {module.GetType().Name}: it {string.Join("; it ", wrong)}");
        }
    }

    // An object that outlives the scope in which it is made.
    private TFolded Made()
    {
        var made = create() ?? throw new InvalidOperationException($"{block.GetName()}: the function that makes the folded block gave null.");
        made.eval();
        foreach (var (_, parameter) in made.named_parameters())
        {
            parameter.requires_grad = false;
        }

        return made;
    }

    private TFolded Fill(TFolded made, StructureMethod method, StructureAttribute options)
    {
        using var noGrad = no_grad();
        using (NewDisposeScope())
        {
            var state = new BlockState(block.GetName(), DenseState.Of(block, keepsRoot: true).Select(AsBlockTensor));
            if (!method.IsUnfolded(state))
            {
                throw state.Problem($"has tensors that {method.GetType().Name} does not take for those of an unfolded block: {string.Join(", ", state.Names)}");
            }

            var tensors = method.Fold(state, options);
            if (block.parameters().FirstOrDefault() is { } first)
            {
                made.to(first.dtype);
                made.to(first.device);
            }

            Write(made, tensors);
            Notes = state.Notes;
        }

        foreach (var (_, tensor) in TensorsOf(made))
        {
            tensor.DetachFromDisposeScope();
        }

        return made;
    }

    private void Write(TFolded made, IReadOnlyList<FoldedTensor> tensors)
    {
        var layers = ReparamModuleExtensions.ReparamLayersByName(made).ToDictionary(
            l => ReparamModuleExtensions.Join(l.Path, "weight"), l => l.Layer, StringComparer.Ordinal);
        var states = layers.SelectMany(l => DenseState.StateNamesOf(l.Value).Select(s => l.Key[..^"weight".Length] + s)).ToHashSet(StringComparer.Ordinal);
        var expected = made.state_dict().Where(e => !states.Contains(e.Key)).ToDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal);
        Require(made, block.GetName(), tensors, expected);
        foreach (var one in tensors)
        {
            using var scope = NewDisposeScope();
            var values = tensor(one.Compute(), one.Shape.AsSpan(), ScalarType.Float64);
            if (!values.isfinite().all().item<bool>())
            {
                throw new StructureException($"the fold of {block.GetName()} gives '{one.Name}' with values that are not finite");
            }

            if (layers.TryGetValue(one.Name, out var layer))
            {
                layer.AttachTo(values);
            }
            else
            {
                expected[one.Name].copy_(values);
            }
        }

        foreach (var layer in layers.Values)
        {
            layer.Fold();
        }
    }

    private static BlockTensor AsBlockTensor(DenseTensor dense) => new(
        dense.Name,
        [.. dense.Value.shape],
        () =>
        {
            using var scope = NewDisposeScope();
            return dense.Value.detach().to(ScalarType.Float64).cpu().contiguous().data<double>().ToArray();
        });

    private void Keep(TFolded made)
    {
        folded = made;
        (string Name, Tensor Tensor)[] state = [.. TensorsOf(block)];
        madeFrom = [.. state.Select(e => e.Tensor)];
        digest = StateDigest.Of(state);
        glance = StateDigest.Glance(madeFrom);
        mayHaveChanged = false;
    }

    private bool HasChanged()
    {
        (string Name, Tensor Tensor)[] state = [.. TensorsOf(block)];
        if (state.Length != madeFrom.Length || state.Where((e, i) => !ReferenceEquals(e.Tensor, madeFrom[i])).Any())
        {
            return true;
        }

        if (mayHaveChanged)
        {
            mayHaveChanged = false;
            return StateDigest.Of(state) != digest;
        }

        return StateDigest.Glance(madeFrom) != glance;
    }

    private void InEvaluation(Action run)
    {
        (Module Module, bool Training)[] modes = [.. ReparamModuleExtensions.Walk(block, "").Select(part => (part.Module, part.Module.training))];
        try
        {
            block.eval();
            run();
        }
        finally
        {
            // From the block on: each call reaches what is below too.
            foreach (var (module, training) in modes)
            {
                module.train(training);
            }
        }
    }
}
