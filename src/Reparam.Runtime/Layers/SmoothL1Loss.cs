namespace Reparam.Runtime;

/// <summary>(x − y)² / (2·beta) near zero, else |x − y| − beta / 2.</summary>
[Counterpart("TorchSharp.Modules.SmoothL1Loss")]
public sealed class SmoothL1Loss : Loss<Tensor, Tensor, Tensor>
{
    private readonly double beta;

    internal SmoothL1Loss(Reduction reduction, double beta)
        : base(nameof(SmoothL1Loss), reduction)
    {
        this.beta = beta;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => Functional.SmoothL1Loss(input, target, Reduction, beta);
}
