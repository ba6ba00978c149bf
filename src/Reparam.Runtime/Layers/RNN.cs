using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <summary>Plain recurrent layers, with dense or packed weights.</summary>
[Counterpart("TorchSharp.Modules.RNN")]
public sealed class RNN : Module<Tensor, Tensor?, (Tensor, Tensor)>
{
    private readonly RecurrentStack stack;

    internal RNN(long inputSize, long hiddenSize, long numLayers, bool bias, bool batchFirst, bool bidirectional, RecurrentCell cell)
        : base(nameof(RNN))
    {
        stack = new RecurrentStack(nameof(RNN), cell, inputSize, hiddenSize, numLayers, bias, batchFirst, bidirectional);
    }

    /// <summary>[steps, N, inputs], or [N, steps, inputs] where the batch is first → the states of the last layer, and the last states.</summary>
    /// <param name="input">The sequence.</param>
    /// <param name="h0">[layers · directions, N, hidden]: the first states; zeros when null.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Counterpart("forward")]
    public override (Tensor, Tensor) Forward(Tensor input, Tensor? h0 = null)
    {
        var (output, hidden, _) = stack.Run(input, h0, null);
        return (output, hidden);
    }

    /// <summary>The same as <see cref="Forward"/>; there are no hooks.</summary>
    [Counterpart("call")]
    public new (Tensor, Tensor) Call(Tensor input, Tensor? h0 = null) => Forward(input, h0);

    /// <summary>Without effect.</summary>
    [Counterpart("flatten_parameters")]
    public void FlattenParameters()
    {
    }

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor) => stack.Visit(visitor);
}
