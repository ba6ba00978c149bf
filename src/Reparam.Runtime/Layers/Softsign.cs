namespace Reparam.Runtime;

/// <summary>x / (1 + |x|).</summary>
[Counterpart("TorchSharp.Modules.Softsign")]
public sealed class Softsign : Module<Tensor, Tensor>
{
    private readonly bool inPlace;

    internal Softsign(bool inPlace)
        : base(nameof(Softsign))
    {
        this.inPlace = inPlace;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Softsign(input, inPlace);
}
