namespace Reparam.Runtime;

/// <summary>x where the target is 1, and max(0, margin − x) where it is −1.</summary>
[Counterpart("TorchSharp.Modules.HingeEmbeddingLoss")]
public sealed class HingeEmbeddingLoss : Loss<Tensor, Tensor, Tensor>
{
    private readonly double margin;

    internal HingeEmbeddingLoss(double margin, Reduction reduction)
        : base(nameof(HingeEmbeddingLoss), reduction)
    {
        this.margin = margin;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) =>
        Functional.HingeEmbeddingLoss(input, target, margin, Reduction);
}
