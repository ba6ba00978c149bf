using static TorchSharp.torch;

namespace Reparam.Training;

/// <summary>
/// What a method does for a whole model: one object per model and attribute type. A loop calls, in this order, <c>model.AddReparamLoss(loss)</c>,
/// <c>backward()</c>,
/// <c>model.AfterBackward()</c>, <c>optimizer.step()</c>, <c>model.AfterOptimizerStep()</c>, and clears the gradients after that.
/// </summary>
public abstract class ModelRule
{
    private RootState? root;
    private string key = "";

    /// <summary>The layers whose method this is and whose side path, if the method is one, runs; in the order of the model's state dict.</summary>
    public IReadOnlyList<RuleLayer> Layers { get; private set; } = [];

    /// <summary>The number of the step that is under way, from 1; the number of the last one within <see cref="AfterStep"/>.</summary>
    public long Step => root is null ? 1 : root.Step + 1;

    /// <summary>State of the rule itself, saved with the model as <c>reparam.&lt;method&gt;.&lt;name&gt;</c>.</summary>
    public RuleState State => new(root ?? throw new InvalidOperationException("The rule belongs to no model yet."), key, "");

    /// <summary>
    /// The layers are known, or are others than before, or the model was loaded from a plain file: the place to check options and to make state with its
    /// start values.
    /// </summary>
    protected virtual void Begin()
    {
    }

    /// <summary>What is added to the loss, a scalar that takes gradients; null for nothing.</summary>
    protected virtual Tensor? Loss() => null;

    /// <summary>After the backward pass, under no_grad: gradients are there, parameters have not moved.</summary>
    /// <param name="step">The step that is under way, from 1.</param>
    protected virtual void AfterBackward(long step)
    {
    }

    /// <summary>After the optimizer's step, under no_grad: parameters have moved, gradients are still there.</summary>
    /// <param name="step">The step that was done, from 1.</param>
    protected virtual void AfterStep(long step)
    {
    }

    internal void Attach(RootState state, string stateKey, IReadOnlyList<RuleLayer> layers)
    {
        (root, key, Layers) = (state, stateKey, layers);
        Start();
    }

    internal void Start()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        Begin();
    }

    internal Tensor? RunLoss() => Loss();

    internal void RunAfterBackward(long step) => AfterBackward(step);

    internal void RunAfterStep(long step) => AfterStep(step);
}
