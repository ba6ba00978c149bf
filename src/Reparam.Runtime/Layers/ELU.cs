namespace Reparam.Runtime;

/// <summary>x where it is positive, else alpha·(eˣ − 1).</summary>
[Counterpart("TorchSharp.Modules.ELU")]
public sealed class ELU : Module<Tensor, Tensor>
{
    private readonly double alpha;
    private readonly bool inPlace;

    internal ELU(double alpha, bool inPlace)
        : base(nameof(ELU))
    {
        this.alpha = alpha;
        this.inPlace = inPlace;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Elu(input, alpha, inPlace);
}
