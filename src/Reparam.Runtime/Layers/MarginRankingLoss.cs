namespace Reparam.Runtime;

/// <summary>max(0, −y·(x₁ − x₂) + margin).</summary>
[Counterpart("TorchSharp.Modules.MarginRankingLoss")]
public sealed class MarginRankingLoss : Loss<Tensor, Tensor, Tensor, Tensor>
{
    private readonly double margin;

    internal MarginRankingLoss(double margin, Reduction reduction)
        : base(nameof(MarginRankingLoss), reduction)
    {
        this.margin = margin;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input1, Tensor input2, Tensor target) => Functional.MarginRankingLoss(input1, input2, target, margin, Reduction);
}
