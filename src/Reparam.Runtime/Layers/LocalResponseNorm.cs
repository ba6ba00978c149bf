namespace Reparam.Runtime;

/// <summary>Divides each element by a power of the mean square of the channels around its own.</summary>
[Counterpart("TorchSharp.Modules.LocalResponseNorm")]
public sealed class LocalResponseNorm : Module<Tensor, Tensor>
{
    private readonly long size;
    private readonly double alpha;
    private readonly double beta;
    private readonly double k;

    internal LocalResponseNorm(long size, double alpha, double beta, double k)
        : base(nameof(LocalResponseNorm))
    {
        this.size = size;
        this.alpha = alpha;
        this.beta = beta;
        this.k = k;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.LocalResponseNorm(input, size, alpha, beta, k);
}
