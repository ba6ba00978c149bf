namespace Reparam.Runtime;

/// <summary>ln(1 + e^(−y·x)).</summary>
[Counterpart("TorchSharp.Modules.SoftMarginLoss")]
public sealed class SoftMarginLoss : Loss<Tensor, Tensor, Tensor>
{
    internal SoftMarginLoss(Reduction reduction)
        : base(nameof(SoftMarginLoss), reduction)
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => Functional.SoftMarginLoss(input, target, Reduction);
}
