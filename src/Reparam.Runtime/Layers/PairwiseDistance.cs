namespace Reparam.Runtime;

/// <summary>p-norm of the difference of vectors along the last dimension.</summary>
[Counterpart("TorchSharp.Modules.PairwiseDistance")]
public sealed class PairwiseDistance : Module<Tensor, Tensor, Tensor>
{
    private readonly double p;
    private readonly double eps;
    private readonly bool keepdim;

    internal PairwiseDistance(double p, double eps, bool keepdim)
        : base(nameof(PairwiseDistance))
    {
        this.p = p;
        this.eps = eps;
        this.keepdim = keepdim;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input1, Tensor input2) => Functional.PairwiseDistance(input1, input2, p, eps, keepdim);
}
