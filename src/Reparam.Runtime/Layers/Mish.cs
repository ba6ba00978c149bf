namespace Reparam.Runtime;

/// <summary>x·tanh(ln(1 + eˣ)).</summary>
[Counterpart("TorchSharp.Modules.Mish")]
public sealed class Mish : Module<Tensor, Tensor>
{
    private readonly bool inPlace;

    internal Mish(bool inPlace)
        : base(nameof(Mish))
    {
        this.inPlace = inPlace;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Mish(input, inPlace);
}
