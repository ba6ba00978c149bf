using TorchSharp;
using static TorchSharp.torch;

namespace Reparam.Training;

// Fold and unfold, adaptation, what follows an optimizer step.
public abstract partial class ReparamLayer
{
    // By name: Module.to() replaces the objects.
    private readonly List<string> pausedByFold = [];
    private Tensor? foldedWeight;

    // What the folded weight was made from: the objects, a hash of all their bytes, and one that costs little.
    private Tensor[] foldedFrom = [];
    private string foldedDigest = "";
    private ulong foldedGlance;
    private bool mayHaveChanged;
    private bool isDisposed;

    /// <summary>True between <see cref="Fold"/> and <see cref="Unfold"/>.</summary>
    public bool IsFolded { get; private set; }

    /// <summary>True while the side path runs.</summary>
    public bool IsAdapting { get; private set; }

    /// <summary>True when the latent and the maps' state no longer train: they stay in their evaluation form.</summary>
    public bool IsFrozen { get; private set; }

    /// <summary>
    /// Makes the layer run one dense weight that holds maps and side path, computed in float64 and rounded once. Latent and state stay as they are but
    /// take no gradient. Folding a folded layer changes nothing.
    /// </summary>
    /// <exception cref="ArgumentException">The dense weight holds values that are not finite.</exception>
    public void Fold()
    {
        if (IsFolded)
        {
            return;
        }

        FoldedWeight();
        IsFolded = true;
        foreach (var (name, parameter) in named_parameters(false))
        {
            if (name != BiasName && !inputStates.Contains(name) && parameter.requires_grad)
            {
                parameter.requires_grad = false;
                pausedByFold.Add(name);
            }
        }
    }

    /// <summary>Undoes <see cref="Fold"/> exactly: the latent and the state were never touched. Without effect on a layer that is not folded.</summary>
    public void Unfold()
    {
        if (!IsFolded)
        {
            return;
        }

        DropFoldedWeight();
        IsFolded = false;
        foreach (var name in pausedByFold)
        {
            StateParameter(name).requires_grad = true;
        }

        pausedByFold.Clear();
    }

    /// <summary>The dense weight with maps and side path folded in, in float64 and of the weight's shape: what an export rounds to its type.</summary>
    /// <exception cref="ArgumentException">It holds values that are not finite.</exception>
    public Tensor DenseWeight()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var read = new StateReader(ScalarType.Float64);
        var weight = Mapped(read, advance: false, folding: true);
        if (IsAdapting)
        {
            weight = weight + PathDelta(read, BaseOf(weight));
        }

        RequireFinite(weight, "the dense weight");
        return Escape(weight, scope);
    }

    /// <summary>
    /// Freezes the latent, the bias and the maps in their evaluation form, and starts the side path if it waited for this. Without effect when it ran before.
    /// </summary>
    /// <exception cref="InvalidOperationException">The layer is folded.</exception>
    /// <exception cref="ArgumentException">The side path refuses the weight.</exception>
    public void StartAdaptation()
    {
        if (IsFolded)
        {
            throw new InvalidOperationException($"{Shape.Layer} is folded; call Unfold() before StartAdaptation().");
        }

        if (SidePath is not null && !IsAdapting)
        {
            if (!IsReady(PathNeeds))
            {
                throw new InvalidOperationException(PathNeeds.HasFlag(AttachNeeds.Inputs)
                    ? $"{Shape.Layer} ({MethodNames()}): the side path needs statistics of the layer's inputs; call model.CalibrateReparam(...) first."
                    : $"{Shape.Layer} ({MethodNames()}): the layers' shared state has no root yet; call model.StartAdaptation(), "
                        + "or model.PrepareReparam() first.");
            }

            using var noGrad = no_grad();
            using var scope = NewDisposeScope();
            var weight = Mapped(new StateReader(null), advance: false, folding: false);
            RequireFinite(weight, "the weight");
            var source = BaseHashes[^1];
            var kept = StartPath(weight) ?? weight;

            // The maps attach again only where the path kept another weight than it was given (PiSSA's residual).
            var isReplaced = !ReferenceEquals(kept, weight);
            if (isReplaced)
            {
                KeepForUndo();
                StoreLatent(AttachMaps(kept));
            }

            pathWaits = false;
            BeginPath(isReplaced);
            RememberBase(source);
            inputs = null;
        }

        Freeze();
    }

    /// <summary>Step rules, clamps and what else the methods do after an optimizer step. Nothing in a folded layer.</summary>
    public void AfterOptimizerStep()
    {
        if (IsFolded)
        {
            return;
        }

        guard.Stepped();
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        if (!IsFrozen)
        {
            AfterMapStep();
            AfterInputStep();
        }

        if (IsAdapting)
        {
            AfterPathStep();
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// TorchSharp's <c>load</c> and <c>load_state_dict</c> write into the tensors that this hands out. So a folded layer looks at all of its state before it
    /// runs again, and folds anew where that has changed.
    /// </remarks>
    public override Dictionary<string, Tensor> state_dict(Dictionary<string, Tensor>? destination = null, string? prefix = null)
    {
        mayHaveChanged = true;
        return base.state_dict(destination, prefix);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        isDisposed = true;
        if (disposing)
        {
            DropFoldedWeight();
        }

        base.Dispose(disposing);
    }

    /// <summary>The dense weight that a folded layer runs; it may be written over until <see cref="Unfold"/>.</summary>
    internal Tensor RunningWeight => FoldedWeight();

    /// <summary>After latent or state were loaded from outside: a folded layer computes its dense weight again.</summary>
    internal void StateChanged() => DropFoldedWeight();

    private void BeginPath(bool replacesBase)
    {
        IsAdapting = true;
        pathReplacesBase = replacesBase;
        Freeze();
    }

    private void Freeze()
    {
        IsFrozen = true;
        foreach (var (name, parameter) in named_parameters(false))
        {
            if (!pathStates.Contains(name))
            {
                parameter.requires_grad = false;
            }
        }
    }

    private Tensor RoundedDenseWeight()
    {
        using var noGrad = no_grad();
        using var dense = DenseWeight();
        return dense.to(Weight.dtype).DetachFromDisposeScope();
    }

    // Module.to() moves the latent, a load or an optimizer writes into it, and none knows the dense weight: it is computed again where the two no longer agree.
    private Tensor FoldedWeight()
    {
        if (foldedWeight is null || foldedWeight.dtype != Weight.dtype || foldedWeight.device_type != Weight.device_type
            || foldedFrom.Length == 0 || !ReferenceEquals(foldedFrom[0], Weight) || HasChangedSinceFold())
        {
            DropFoldedWeight();
            foldedWeight = RoundedDenseWeight();
            foldedFrom = [Weight, .. FoldedState().Where(e => e.Name != WeightName).Select(e => e.Tensor)];
            foldedDigest = StateDigest.Of(FoldedState());
            foldedGlance = StateDigest.Glance(foldedFrom);
            mayHaveChanged = false;
        }

        return foldedWeight;
    }

    private bool HasChangedSinceFold()
    {
        if (mayHaveChanged)
        {
            mayHaveChanged = false;
            return StateDigest.Of(FoldedState()) != foldedDigest;
        }

        return StateDigest.Glance(foldedFrom) != foldedGlance;
    }

    // All but the bias, which a folded layer reads as it is.
    private IEnumerable<(string Name, Tensor Tensor)> FoldedState() =>
        OwnState().Where(e => e.Name != BiasName && !inputStates.Contains(e.Name)).Concat(SharedState());

    private void DropFoldedWeight()
    {
        foldedWeight?.Dispose();
        foldedWeight = null;
    }
}
