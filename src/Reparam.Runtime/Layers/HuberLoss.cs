namespace Reparam.Runtime;

/// <summary>(x − y)² / 2 near zero, else delta·(|x − y| − delta / 2).</summary>
[Counterpart("TorchSharp.Modules.HuberLoss")]
public sealed class HuberLoss : Loss<Tensor, Tensor, Tensor>
{
    private readonly double delta;

    internal HuberLoss(double delta, Reduction reduction)
        : base(nameof(HuberLoss), reduction)
    {
        this.delta = delta;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => Functional.HuberLoss(input, target, delta, Reduction);
}
