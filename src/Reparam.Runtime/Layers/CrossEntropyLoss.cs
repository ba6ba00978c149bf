namespace Reparam.Runtime;

/// <summary>Negative log-likelihood of classes under a softmax.</summary>
[Counterpart("TorchSharp.Modules.CrossEntropyLoss")]
public sealed class CrossEntropyLoss : Loss<Tensor, Tensor, Tensor>
{
    private readonly long? ignore_index;

    internal CrossEntropyLoss(long? ignore_index, Reduction reduction)
        : base(nameof(CrossEntropyLoss), reduction)
    {
        this.ignore_index = ignore_index;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => Functional.CrossEntropy(input, target, ignore_index ?? -100, Reduction);
}
