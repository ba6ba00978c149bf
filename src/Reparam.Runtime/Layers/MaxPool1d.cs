namespace Reparam.Runtime;

/// <summary>Largest element of each window.</summary>
[Counterpart("TorchSharp.Modules.MaxPool1d")]
public sealed class MaxPool1d : Module<Tensor, Tensor>
{
    private readonly long kernel;
    private readonly long? stride;
    private readonly long? padding;
    private readonly long? dilation;
    private readonly bool ceil;

    internal MaxPool1d(long kernel, long? stride, long? padding, long? dilation, bool ceil)
        : base(nameof(MaxPool1d))
    {
        this.kernel = kernel;
        this.stride = stride;
        this.padding = padding;
        this.dilation = dilation;
        this.ceil = ceil;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.MaxPool1d(input, kernel, stride, padding, dilation, ceil);

    /// <summary>The largest elements and where they are.</summary>
    [Counterpart("forward_with_indices")]
    public (Tensor Values, Tensor Indices) ForwardWithIndices(Tensor input) =>
        Functional.MaxPool1dWithIndices(input, kernel, stride, padding, dilation, ceil);
}
