namespace Reparam.Runtime;

/// <summary>Sums of patches that are columns: [N, C·patch, patches] → [N, C, H, W].</summary>
[Counterpart("TorchSharp.Modules.Fold")]
public sealed class Fold : Module<Tensor, Tensor>
{
    private readonly (long, long) size;
    private readonly (long, long) kernel;
    private readonly (long, long)? dilation;
    private readonly (long, long)? padding;
    private readonly (long, long)? stride;

    internal Fold((long, long) size, (long, long) kernel, (long, long)? dilation, (long, long)? padding, (long, long)? stride)
        : base(nameof(Fold))
    {
        this.size = size;
        this.kernel = kernel;
        this.dilation = dilation;
        this.padding = padding;
        this.stride = stride;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Fold(input, size, kernel, dilation, padding, stride);
}
