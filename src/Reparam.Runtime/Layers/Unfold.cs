namespace Reparam.Runtime;

/// <summary>Patches of images as columns: [N, C, H, W] → [N, C·patch, patches].</summary>
[Counterpart("TorchSharp.Modules.Unfold")]
public sealed class Unfold : Module<Tensor, Tensor>
{
    private readonly (long, long) kernel;
    private readonly (long, long)? dilation;
    private readonly (long, long)? padding;
    private readonly (long, long)? stride;

    internal Unfold((long, long) kernel, (long, long)? dilation, (long, long)? padding, (long, long)? stride)
        : base(nameof(Unfold))
    {
        this.kernel = kernel;
        this.dilation = dilation;
        this.padding = padding;
        this.stride = stride;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Unfold(input, kernel, dilation, padding, stride);
}
