namespace Reparam.Runtime;

/// <summary>|x − y|.</summary>
[Counterpart("TorchSharp.Modules.L1Loss")]
public sealed class L1Loss : Loss<Tensor, Tensor, Tensor>
{
    internal L1Loss(Reduction reduction)
        : base(nameof(L1Loss), reduction)
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) => Functional.L1Loss(input, target, Reduction);
}
