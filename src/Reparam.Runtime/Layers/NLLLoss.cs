namespace Reparam.Runtime;

/// <summary>Negative logarithms of the probabilities of classes.</summary>
[Counterpart("TorchSharp.Modules.NLLLoss")]
public sealed class NLLLoss : WeightedLoss<Tensor, Tensor, Tensor>
{
    internal NLLLoss(Tensor? weight, Reduction reduction)
        : base(nameof(NLLLoss), weight, reduction)
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => Functional.NllLoss(input, target, Weight, Reduction);
}
