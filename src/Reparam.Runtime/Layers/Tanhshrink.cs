namespace Reparam.Runtime;

/// <summary>x − tanh(x).</summary>
[Counterpart("TorchSharp.Modules.Tanhshrink")]
public sealed class Tanhshrink : Module<Tensor, Tensor>
{
    private readonly bool inPlace;

    internal Tanhshrink(bool inPlace)
        : base(nameof(Tanhshrink))
    {
        this.inPlace = inPlace;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Tanhshrink(input, inPlace);
}
