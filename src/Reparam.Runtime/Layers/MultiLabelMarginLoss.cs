namespace Reparam.Runtime;

/// <summary>Hinges between the classes of the target and the other ones.</summary>
[Counterpart("TorchSharp.Modules.MultiLabelMarginLoss")]
public sealed class MultiLabelMarginLoss : Loss<Tensor, Tensor, Tensor>
{
    internal MultiLabelMarginLoss(Reduction reduction)
        : base(nameof(MultiLabelMarginLoss), reduction)
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) =>
        Functional.MultiLabelMarginLoss(input, target, Reduction);
}
