using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <summary>One step of a long short-term memory, with dense or packed weights.</summary>
[Counterpart("TorchSharp.Modules.LSTMCell")]
public sealed class LSTMCell : Module<Tensor, (Tensor, Tensor)?, (Tensor, Tensor)>
{
    private readonly RecurrentWeights weights;

    internal LSTMCell(long inputSize, long hiddenSize, bool bias)
        : base(nameof(LSTMCell))
    {
        weights = new RecurrentWeights(4, inputSize, hiddenSize, bias);
    }

    /// <summary>[4 · hidden, inputs].</summary>
    [Counterpart("weight_ih")]
    public Parameter WeightIh { get => weights.Input; set => weights.Input = value; }

    /// <summary>[4 · hidden, hidden].</summary>
    [Counterpart("weight_hh")]
    public Parameter WeightHh { get => weights.Hidden; set => weights.Hidden = value; }

    /// <summary>[4 · hidden], or null.</summary>
    [Counterpart("bias_ih")]
    public Parameter? BiasIh { get => weights.InputBias; set => weights.InputBias = value; }

    /// <summary>[4 · hidden], or null.</summary>
    [Counterpart("bias_hh")]
    public Parameter? BiasHh { get => weights.HiddenBias; set => weights.HiddenBias = value; }

    /// <summary>[N, inputs] or [inputs], and state and memory [N, hidden] or [hidden] → the next state and memory.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Counterpart("forward")]
    public override (Tensor, Tensor) Forward(Tensor input, (Tensor, Tensor)? h0_c0 = null) =>
        RecurrentStep.Run(RecurrentCell.Lstm, weights, input, h0_c0?.Item1, h0_c0?.Item2);

    /// <summary>The same as <see cref="Forward"/>; there are no hooks.</summary>
    [Counterpart("call")]
    public new (Tensor, Tensor) Call(Tensor input, (Tensor, Tensor)? h0_c0 = null) => Forward(input, h0_c0);

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor) => weights.Visit(visitor, string.Empty);
}
