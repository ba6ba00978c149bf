namespace Reparam.Runtime;

/// <summary>e^x − y·x where the input is the logarithm of a rate, else x − y·ln(x + eps).</summary>
[Counterpart("TorchSharp.Modules.PoissonNLLLoss")]
public sealed class PoissonNLLLoss : Loss<Tensor, Tensor, Tensor>
{
    private readonly bool logInput;
    private readonly bool full;
    private readonly float eps;

    internal PoissonNLLLoss(bool logInput, bool full, float eps, Reduction reduction)
        : base(nameof(PoissonNLLLoss), reduction)
    {
        this.logInput = logInput;
        this.full = full;
        this.eps = eps;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input, Tensor target) =>
        Functional.PoissonNllLoss(input, target, logInput, full, eps, Reduction);
}
