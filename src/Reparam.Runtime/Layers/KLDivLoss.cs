namespace Reparam.Runtime;

/// <summary>Kullback-Leibler divergence.</summary>
[Counterpart("TorchSharp.Modules.KLDivLoss")]
public sealed class KLDivLoss : Loss<Tensor, Tensor, Tensor>
{
    private readonly bool log_target;

    internal KLDivLoss(bool log_target, Reduction reduction)
        : base(nameof(KLDivLoss), reduction)
    {
        this.log_target = log_target;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => Functional.KlDiv(input, target, log_target, Reduction);
}
