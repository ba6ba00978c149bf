using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>
/// Base of every emitted layer: y = op(x, w) + bias with w = map(v), and + path(x) where the layer has a side path. The stored latent v is the parameter
/// <c>weight</c>, the bias <c>bias</c>, and the methods' state <c>reparam.&lt;method&gt;.&lt;state&gt;</c>.
/// </summary>
/// <remarks>
/// Life cycle: the emitted constructor attaches the methods to a plain layer's weight, so that the function is unchanged or a documented projection; then
/// training; then <see cref="Fold"/> to one dense weight and <see cref="Unfold"/> back.
/// </remarks>
public abstract partial class ReparamLayer : Module<Tensor, Tensor>, ILayerOperation
{
    private const string WeightName = "weight";
    private const string BiasName = "bias";

    // A plain layer that several members hold is still one layer when it is wrapped.
    private static readonly ConditionalWeakTable<Module, ReparamLayer> OfPlain = [];

    /// <summary>Takes over a plain layer's weight and bias; both are copied, so the plain layer stays as it is.</summary>
    /// <param name="shape">Name, kind and weight shape of the layer.</param>
    /// <param name="weight">The plain layer's weight.</param>
    /// <param name="bias">The plain layer's bias, [out], or null.</param>
    /// <param name="plain">The plain layer, by which <see cref="Known"/> finds this one; null leaves it unknown.</param>
    protected ReparamLayer(LayerShape shape, Parameter weight, Parameter? bias, Module? plain = null)
        : base(shape.Layer)
    {
        if (plain is not null)
        {
            OfPlain.AddOrUpdate(plain, this);
        }

        Shape = shape;
        KeepParameter(WeightName, Copy(weight));
        if (bias is not null)
        {
            KeepParameter(BiasName, Copy(bias));
        }
    }

    /// <summary>
    /// The layer that a plain layer was made into, or the module itself where it was made into none. A plain layer that several members hold is wrapped once,
    /// with the methods of the member that came first, so that they go on sharing it.
    /// </summary>
    /// <param name="module">What a member is given; may be null.</param>
    [return: NotNullIfNotNull(nameof(module))]
    public static Module? Known(Module? module) =>
        module is not null && OfPlain.TryGetValue(module, out var layer) && !layer.isDisposed ? layer : module;

    /// <summary>Name, kind and weight shape of the layer.</summary>
    public LayerShape Shape { get; }

    /// <summary>The stored latent v, of the weight's shape: what the optimizer moves and a training checkpoint keeps.</summary>
    public Parameter Weight => get_parameter(WeightName)!;

    /// <summary>The bias, [out]; null if the layer has none.</summary>
    public Parameter? Bias => has_parameter(BiasName) ? get_parameter(BiasName) : null;

    /// <summary>The layer's methods as annotated, maps from the stored latent on, then the side path, then step rules.</summary>
    public abstract IReadOnlyList<ReparamAttribute> Methods { get; }

    /// <summary>The side path's options; null if the layer has none.</summary>
    public SidePathAttribute? SidePath => Methods.OfType<SidePathAttribute>().SingleOrDefault();

    /// <summary>The methods that have a model rule.</summary>
    public virtual IReadOnlyList<MethodRule> Rules => [];

    /// <summary>Attaches the methods to the weight that was taken over. The emitted constructor calls it once its options are set.</summary>
    /// <exception cref="ArgumentException">The weight holds values that are not finite, or a method refuses it.</exception>
    protected void Attach()
    {
        AttachTo(Weight, startPath: SidePath is { Deferred: false });
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        AttachInputIfReady();
    }

    /// <summary>
    /// Makes the layer compute what a plain layer with this weight computes: latent, maps and a running side path are attached afresh. Parameters keep
    /// their identity, so optimizers stay valid.
    /// </summary>
    /// <param name="weight">A dense weight of the layer's shape.</param>
    /// <exception cref="ArgumentException">The weight has another shape or holds values that are not finite, or a method refuses it.</exception>
    public void AttachTo(Tensor weight) => AttachTo(weight, startPath: IsAdapting);

    /// <summary>The weight w = map(v) that the layer's own operation multiplies by in evaluation, without the side path's delta.</summary>
    public Tensor EffectiveWeight()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return Escape(Mapped(new StateReader(null), advance: false, folding: false), scope);
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x)
    {
        using var scope = NewDisposeScope();
        observer?.See(x);
        if (IsFolded)
        {
            return Apply(MappedInput(x, advance: false), FoldedWeight()).MoveToOuterDisposeScope();
        }

        // A map may advance its state once a training forward, never in evaluation or under no_grad.
        var advance = training && is_grad_enabled() && !IsFrozen;
        if (NeedsSteps && training && is_grad_enabled())
        {
            guard.Look(this);
        }

        x = MappedInput(x, advance);
        var weight = Mapped(new StateReader(null), advance, folding: false);
        var y = Apply(x, weight);
        if (IsAdapting)
        {
            y = RunPath(x, y, BaseOf(weight), training);
        }

        return y.MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public abstract Tensor Run(Tensor x, Tensor weight);

    /// <summary>The operation with the layer's bias.</summary>
    /// <param name="x">Input of the layer.</param>
    /// <param name="weight">A weight of the layer's shape.</param>
    protected abstract Tensor Apply(Tensor x, Tensor weight);

    /// <summary>Attaches the maps to a weight, from the last to the first, keeps their state, and gives the latent to store.</summary>
    /// <param name="weight">The weight that the layer multiplies by.</param>
    protected virtual Tensor AttachMaps(Tensor weight) => weight;

    /// <summary>w = map(v).</summary>
    /// <param name="state">Reads latent and state.</param>
    /// <param name="training">True in a training forward.</param>
    /// <param name="folding">True where the result is a weight to fold or to export.</param>
    protected virtual Tensor MapWeight(StateReader state, bool training, bool folding) => state.Read(Weight);

    /// <summary>
    /// Attaches the side path to the layer, keeps its state, and gives the weight that the layer keeps beside it; null keeps the one that it has.
    /// </summary>
    /// <param name="layer">The layer with the weight that it multiplies by.</param>
    protected virtual Tensor? AttachPath(IBaseLayer layer) => throw new InvalidOperationException($"{Shape.Layer} has no side path.");

    /// <summary>y plus the side path's output.</summary>
    /// <param name="x">Input of the layer.</param>
    /// <param name="y">Output of the layer's own operation.</param>
    /// <param name="layer">The layer with the weight that gave y.</param>
    /// <param name="training">True in training mode.</param>
    protected virtual Tensor RunPath(Tensor x, Tensor y, IBaseLayer layer, bool training) => y;

    /// <summary>What folding the side path adds to the weight.</summary>
    /// <param name="state">Reads the path's state.</param>
    /// <param name="layer">The layer with the weight w = map(v), in the reader's precision.</param>
    protected virtual Tensor PathDelta(StateReader state, IBaseLayer layer) => throw new InvalidOperationException($"{Shape.Layer} has no side path.");

    /// <summary>Attaches the input map and keeps its state.</summary>
    protected virtual void AttachInput()
    {
    }

    /// <summary>x̃ = map(x).</summary>
    /// <param name="x">Input of the layer.</param>
    /// <param name="training">True in a training forward.</param>
    protected virtual Tensor MapInput(Tensor x, bool training) => x;

    /// <summary>What the input map does after an optimizer step.</summary>
    protected virtual void AfterInputStep()
    {
    }

    /// <summary>What must be there before the weight maps can be attached.</summary>
    protected virtual AttachNeeds MapNeeds => AttachNeeds.None;

    /// <summary>What must be there before the side path can be attached.</summary>
    protected virtual AttachNeeds PathNeeds => AttachNeeds.None;

    /// <summary>What must be there before the input map can be attached.</summary>
    protected virtual AttachNeeds InputNeeds => AttachNeeds.None;

    /// <summary>True if a method acts after optimizer steps, so that a loop must call <c>model.AfterOptimizerStep()</c>.</summary>
    protected virtual bool NeedsSteps => false;

    /// <summary>What the maps and step rules do after an optimizer step.</summary>
    protected virtual void AfterMapStep()
    {
    }

    /// <summary>What the side path does after an optimizer step.</summary>
    protected virtual void AfterPathStep()
    {
    }

    /// <summary>Learning rate of a state parameter as a multiple of the weight's.</summary>
    /// <param name="state">Name in the state dict, such as <c>reparam.sigmareparam.gamma</c>.</param>
    protected virtual double LearningRate(string state) => 1;

    /// <summary>As <see cref="LearningRate"/>, for the optimizer groups.</summary>
    internal double LearningRateOf(string state) => LearningRate(state);

    private void AttachTo(Tensor weight, bool startPath)
    {
        if (!weight.shape.SequenceEqual(Shape.Weight))
        {
            throw new ArgumentException(
                $"{Shape.Layer}: the weight has shape [{string.Join(", ", weight.shape)}], expected {Shape.WeightText}.", nameof(weight));
        }

        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        RequireFinite(weight, "the weight");
        var given = weight.detach().to(Weight.dtype).to(Weight.device).clone();
        var source = SidePath is null ? null : HashOf(given);
        pathWaits = startPath && !IsReady(PathNeeds);
        startPath &= !pathWaits;
        var kept = (startPath ? StartPath(given) : null) ?? given;
        mapsWait = !IsReady(MapNeeds);
        StoreLatent(mapsWait ? kept : AttachMaps(kept));
        if (startPath)
        {
            BeginPath(replacesBase: !ReferenceEquals(kept, given));
        }

        if (source is not null)
        {
            RememberBase(source);
        }
    }

    private DenseBase BaseOf(Tensor weight) => new(Shape, weight, Bias, this);

    private void StoreLatent(Tensor latent)
    {
        RequireFinite(latent, $"the latent that {MethodNames()} gave");
        Weight.copy_(latent);
        StateChanged();
    }

    /// <summary>The methods' names, for messages.</summary>
    private string MethodNames() => Methods.Count == 0
        ? "no method"
        : string.Join(", ", Methods.Select(m => m.GetType().Name.Replace("Attribute", "", StringComparison.Ordinal)));

    /// <summary>Refuses values that are not finite, by layer and methods.</summary>
    /// <param name="tensor">A weight or state of the layer.</param>
    /// <param name="what">What it is, for the message.</param>
    internal void RequireFinite(Tensor tensor, string what)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var bad = tensor.numel() - tensor.isfinite().sum().item<long>();
        if (bad > 0)
        {
            throw new ArgumentException($"{Shape.Layer} ({MethodNames()}): {what} [{string.Join(", ", tensor.shape)}] holds {bad} values that are not finite.");
        }
    }

    private static Parameter Copy(Parameter source)
    {
        using var noGrad = no_grad();
        using var copy = source.detach().clone();
        using var contiguous = copy.contiguous();
        return new Parameter(contiguous, source.requires_grad);
    }

    /// <summary>Moves a result out of a scope; a tensor that the scope does not own (the latent itself) is copied.</summary>
    private static Tensor Escape(Tensor result, DisposeScope scope) =>
        (scope.Contains(result) ? result : result.detach().clone()).MoveToOuterDisposeScope();
}
