namespace Reparam.Runtime;

/// <summary>Binary cross entropy of σ(x).</summary>
[Counterpart("TorchSharp.Modules.BCEWithLogitsLoss")]
public sealed class BCEWithLogitsLoss : WeightedLoss<Tensor, Tensor, Tensor>
{
    private readonly Tensor? pos_weights;

    internal BCEWithLogitsLoss(Tensor? weight, Reduction reduction, Tensor? pos_weights)
        : base(nameof(BCEWithLogitsLoss), weight, reduction)
    {
        this.pos_weights = pos_weights;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => Functional.BinaryCrossEntropyWithLogits(input, target, Weight, Reduction, pos_weights);
}
