namespace Reparam.Runtime;

/// <summary>Largest element of each window.</summary>
[Counterpart("TorchSharp.Modules.MaxPool2d")]
public sealed class MaxPool2d : Module<Tensor, Tensor>
{
    private readonly (long, long) kernel;
    private readonly (long, long)? stride;
    private readonly (long, long)? padding;
    private readonly (long, long)? dilation;
    private readonly bool ceil;

    internal MaxPool2d((long, long) kernel, (long, long)? stride, (long, long)? padding, (long, long)? dilation, bool ceil)
        : base(nameof(MaxPool2d))
    {
        this.kernel = kernel;
        this.stride = stride;
        this.padding = padding;
        this.dilation = dilation;
        this.ceil = ceil;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.MaxPool2d(input, kernel, stride, padding, dilation, ceil);
}
