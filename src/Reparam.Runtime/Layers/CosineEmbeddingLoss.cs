namespace Reparam.Runtime;

/// <summary>1 − cos of vectors that belong together, and max(0, cos − margin) of those that do not.</summary>
[Counterpart("TorchSharp.Modules.CosineEmbeddingLoss")]
public sealed class CosineEmbeddingLoss : Loss<Tensor, Tensor, Tensor, Tensor>
{
    private readonly double margin;

    internal CosineEmbeddingLoss(double margin, Reduction reduction)
        : base(nameof(CosineEmbeddingLoss), reduction)
    {
        this.margin = margin;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input1, Tensor input2, Tensor target) => Functional.CosineEmbeddingLoss(input1, input2, target, margin, Reduction);
}
