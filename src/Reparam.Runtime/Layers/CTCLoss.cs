namespace Reparam.Runtime;

/// <summary>Negative logarithm of the probability of a sequence under all of its alignments.</summary>
[Counterpart("TorchSharp.Modules.CTCLoss")]
public sealed class CTCLoss : Loss<Tensor, Tensor, Tensor, Tensor, Tensor>
{
    private readonly long blank;
    private readonly bool zeroInfinity;

    internal CTCLoss(long blank, bool zeroInfinity, Reduction reduction)
        : base(nameof(CTCLoss), reduction)
    {
        this.blank = blank;
        this.zeroInfinity = zeroInfinity;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor target_lengths) =>
        Functional.CtcLoss(log_probs, targets, input_lengths, target_lengths, blank, zeroInfinity, Reduction);
}
