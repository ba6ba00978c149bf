namespace Reparam.Runtime;

/// <summary>Binary cross entropy.</summary>
[Counterpart("TorchSharp.Modules.BCELoss")]
public sealed class BCELoss : WeightedLoss<Tensor, Tensor, Tensor>
{
    internal BCELoss(Tensor? weight, Reduction reduction)
        : base(nameof(BCELoss), weight, reduction)
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => Functional.BinaryCrossEntropy(input, target, Weight, Reduction);
}
