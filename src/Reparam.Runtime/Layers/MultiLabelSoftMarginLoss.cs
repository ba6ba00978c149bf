namespace Reparam.Runtime;

/// <summary>Mean over the classes of the binary cross entropies of σ(x).</summary>
[Counterpart("TorchSharp.Modules.MultiLabelSoftMarginLoss")]
public sealed class MultiLabelSoftMarginLoss : Loss<Tensor, Tensor, Tensor>
{
    private readonly Tensor? weight;

    internal MultiLabelSoftMarginLoss(Tensor? weight, Reduction reduction)
        : base(nameof(MultiLabelSoftMarginLoss), reduction)
    {
        this.weight = weight;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) =>
        Functional.MultilabelSoftMarginLoss(input, target, weight, Reduction);
}
