namespace Reparam.Runtime;

/// <summary>Softmax of −x along a dimension.</summary>
[Counterpart("TorchSharp.Modules.Softmin")]
public sealed class Softmin : Module<Tensor, Tensor>
{
    private readonly long dim;

    internal Softmin(long dim)
        : base(nameof(Softmin))
    {
        this.dim = dim;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Softmin(input, dim);
}
