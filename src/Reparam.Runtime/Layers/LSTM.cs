using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <summary>Long short-term memory, with dense or packed weights.</summary>
[Counterpart("TorchSharp.Modules.LSTM")]
public sealed class LSTM : Module<Tensor, (Tensor, Tensor)?, (Tensor, Tensor, Tensor)>
{
    private readonly RecurrentStack stack;

    internal LSTM(long inputSize, long hiddenSize, long numLayers, bool bias, bool batchFirst, bool bidirectional)
        : base(nameof(LSTM))
    {
        stack = new RecurrentStack(nameof(LSTM), RecurrentCell.Lstm, inputSize, hiddenSize, numLayers, bias, batchFirst, bidirectional);
    }

    /// <summary>
    /// [steps, N, inputs], [N, steps, inputs] where the batch is first, or [steps, inputs] → the states of the last layer; the last states and memories of all.
    /// </summary>
    /// <param name="input">The sequence.</param>
    /// <param name="h0_c0">[layers · directions, N, hidden] each: the first states and memories; zeros when null.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Counterpart("forward")]
    public override (Tensor, Tensor, Tensor) Forward(Tensor input, (Tensor, Tensor)? h0_c0 = null)
    {
        var (output, hidden, memory) = stack.Run(input, h0_c0?.Item1, h0_c0?.Item2);
        return (output, hidden, memory!);
    }

    /// <summary>The same as <see cref="Forward"/>; there are no hooks.</summary>
    [Counterpart("call")]
    public new (Tensor, Tensor, Tensor) Call(Tensor input, (Tensor, Tensor)? h0_c0 = null) => Forward(input, h0_c0);

    /// <summary>Without effect.</summary>
    [Counterpart("flatten_parameters")]
    public void FlattenParameters()
    {
    }

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor) => stack.Visit(visitor);
}
