namespace Reparam.Runtime;

/// <summary>(ln v + (x − y)² / v) / 2.</summary>
[Counterpart("TorchSharp.Modules.GaussianNLLLoss")]
public sealed class GaussianNLLLoss : Loss<Tensor, Tensor, Tensor, Tensor>
{
    private readonly bool full;
    private readonly float eps;

    internal GaussianNLLLoss(bool full, float eps, Reduction reduction)
        : base(nameof(GaussianNLLLoss), reduction)
    {
        this.full = full;
        this.eps = eps;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target, Tensor variance) =>
        Functional.GaussianNllLoss(input, target, variance, full, eps, Reduction);
}
