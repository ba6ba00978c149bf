namespace Reparam.Runtime;

/// <summary>(x − y)².</summary>
[Counterpart("TorchSharp.Modules.MSELoss")]
public sealed class MSELoss : Loss<Tensor, Tensor, Tensor>
{
    internal MSELoss(Reduction reduction)
        : base(nameof(MSELoss), reduction)
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => Functional.MseLoss(input, target, Reduction);
}
