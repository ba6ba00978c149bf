using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <summary>One step of a plain recurrent layer, with dense or packed weights.</summary>
[Counterpart("TorchSharp.Modules.RNNCell")]
public sealed class RNNCell : Module<Tensor, Tensor?, Tensor>
{
    private readonly RecurrentWeights weights;
    private readonly RecurrentCell cell;

    internal RNNCell(long inputSize, long hiddenSize, bool bias, RecurrentCell cell)
        : base(nameof(RNNCell))
    {
        weights = new RecurrentWeights(1, inputSize, hiddenSize, bias);
        this.cell = cell;
    }

    /// <summary>[hidden, inputs].</summary>
    [Counterpart("weight_ih")]
    public Parameter WeightIh { get => weights.Input; set => weights.Input = value; }

    /// <summary>[hidden, hidden].</summary>
    [Counterpart("weight_hh")]
    public Parameter WeightHh { get => weights.Hidden; set => weights.Hidden = value; }

    /// <summary>[hidden], or null.</summary>
    [Counterpart("bias_ih")]
    public Parameter? BiasIh { get => weights.InputBias; set => weights.InputBias = value; }

    /// <summary>[hidden], or null.</summary>
    [Counterpart("bias_hh")]
    public Parameter? BiasHh { get => weights.HiddenBias; set => weights.HiddenBias = value; }

    /// <summary>[N, inputs] or [inputs], and the state [N, hidden] or [hidden] → the next state.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Counterpart("forward")]
    public override Tensor Forward(Tensor input, Tensor? h0 = null) => RecurrentStep.Run(cell, weights, input, h0, null).Hidden;

    /// <summary>The same as <see cref="Forward"/>; there are no hooks.</summary>
    public new Tensor Call(Tensor input, Tensor? h0 = null) => Forward(input, h0);

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor) => weights.Visit(visitor, string.Empty);
}
