namespace Reparam.Runtime;

/// <summary>Splits a dimension into several.</summary>
[Counterpart("TorchSharp.Modules.Unflatten")]
public sealed class Unflatten : Module<Tensor, Tensor>
{
    private readonly long dim;
    private readonly long[] sizes;

    internal Unflatten(long dim, long[] sizes)
        : base(nameof(Unflatten))
    {
        this.dim = dim;
        this.sizes = sizes;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.Reshape(
        [.. input.Shape[..input.Dimension(dim)], .. sizes, .. input.Shape[(input.Dimension(dim) + 1)..]]);
}
