using static TorchSharp.torch;

namespace Reparam.Training;

// What a side path stands on: the weight and the maps' state, known by hash.
public abstract partial class ReparamLayer
{
    // The weight that the layer was attached to last, and the state that this gave. While the state is still that, the layer's base is that weight.
    private (string Source, string State)? attachedTo;

    // True if the side path keeps another weight than it was given: then only the record tells what that was.
    private bool pathReplacesBase;

    private Undo? undo;

    /// <summary>
    /// The hashes by which the weight under the side path is known: of the weight that it was attached to, and of the stored latent with its maps' state.
    /// Either may be missing; none is there when the state was written over from outside beneath a path that keeps a residual.
    /// </summary>
    internal IReadOnlyList<string> BaseHashes
    {
        get
        {
            var state = StateDigest.Of(BaseState());
            var source = attachedTo is { } attached && attached.State == state ? attached.Source : null;
            return IsAdapting && pathReplacesBase
                ? source is null ? [] : [source]
                : source is null || source == state ? [state] : [state, source];
        }
    }

    /// <summary><see cref="BaseHashes"/> and, first, the hash by which versions with other state names knew the latent with its maps' state.</summary>
    internal IReadOnlyList<string> KnownBaseHashes
    {
        get
        {
            if (BaseHashes is not { Count: > 0 } today || (IsAdapting && pathReplacesBase))
            {
                return BaseHashes;
            }

            var state = BaseState().ToArray();
            var names = EarlierNames.Of(this, [.. state.Select(e => e.Name)]);
            var earlier = names.Zip(state, (name, e) => (Name: name, e.Tensor)).OrderBy(e => e.Name, StringComparer.Ordinal);
            return [StateDigest.Of(earlier), .. today];
        }
    }

    /// <summary>After the state was loaded from a file that says what the layer had been attached to.</summary>
    /// <param name="source">Hash of that weight.</param>
    internal void RememberBase(string source) => attachedTo = (source, StateDigest.Of(BaseState()));

    /// <summary>Until <see cref="FinishStart"/> or <see cref="UndoStart"/>, starting the side path can be undone.</summary>
    internal void BeginStart() => undo = new Undo(IsFrozen, attachedTo, named_parameters(false).ToDictionary(p => p.name, p => p.parameter.requires_grad));

    /// <summary>The side path stays.</summary>
    internal void FinishStart()
    {
        undo?.Dispose();
        undo = null;
    }

    /// <summary>The layer is as it was at <see cref="BeginStart"/>.</summary>
    internal void UndoStart()
    {
        if (undo is null)
        {
            return;
        }

        using var noGrad = no_grad();
        foreach (var name in pathStates)
        {
            if (has_parameter(name))
            {
                ConditionallyRegisterParameter(name, null);
            }
            else
            {
                ConditionallyRegisterBuffer(name, null, true);
            }
        }

        pathStates.Clear();
        var state = BaseState().ToDictionary(e => e.Name, e => e.Tensor);
        foreach (var (name, kept) in undo.Kept)
        {
            state[name].copy_(kept);
        }

        foreach (var (name, parameter) in named_parameters(false))
        {
            parameter.requires_grad = undo.Gradients[name];
        }

        (IsAdapting, IsFrozen, attachedTo, pathReplacesBase) = (false, undo.WasFrozen, undo.AttachedTo, false);
        StateChanged();
        FinishStart();
    }

    // Latent and maps' state in the order of their names.
    private IEnumerable<(string Name, Tensor Tensor)> BaseState() => OwnState()
        .Where(e => e.Name != BiasName && !pathStates.Contains(e.Name) && !inputStates.Contains(e.Name)).OrderBy(e => e.Name, StringComparer.Ordinal);

    private IEnumerable<(string Name, Tensor Tensor)> OwnState() =>
        named_parameters(false).Select(p => (p.name, (Tensor)p.parameter)).Concat(named_buffers(false).Select(b => (b.name, b.buffer)));

    private static string HashOf(Tensor weight) => StateDigest.Of([(WeightName, weight)]);

    private void KeepForUndo()
    {
        if (undo is { Kept.Count: 0 })
        {
            foreach (var (name, tensor) in BaseState())
            {
                undo.Kept.Add((name, tensor.detach().clone().DetachFromDisposeScope()));
            }
        }
    }

    /// <summary>What starting the side path changes.</summary>
    private sealed class Undo(bool wasFrozen, (string Source, string State)? attachedTo, Dictionary<string, bool> gradients) : IDisposable
    {
        public bool WasFrozen { get; } = wasFrozen;

        public (string Source, string State)? AttachedTo { get; } = attachedTo;

        public Dictionary<string, bool> Gradients { get; } = gradients;

        /// <summary>Copies of what a path that keeps another weight writes over.</summary>
        public List<(string Name, Tensor Tensor)> Kept { get; } = [];

        public void Dispose()
        {
            foreach (var (_, tensor) in Kept)
            {
                tensor.Dispose();
            }

            Kept.Clear();
        }
    }
}
