namespace Reparam.Runtime;

/// <summary>x where it is positive, else alpha·(e^(x/alpha) − 1).</summary>
[Counterpart("TorchSharp.Modules.CELU")]
public sealed class CELU : Module<Tensor, Tensor>
{
    private readonly double alpha;
    private readonly bool inPlace;

    internal CELU(double alpha, bool inPlace)
        : base(nameof(CELU))
    {
        this.alpha = alpha;
        this.inPlace = inPlace;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Celu(input, alpha, inPlace);
}
