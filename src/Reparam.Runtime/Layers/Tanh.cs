namespace Reparam.Runtime;

/// <summary>Hyperbolic tangent.</summary>
[Counterpart("TorchSharp.Modules.Tanh")]
public sealed class Tanh : Module<Tensor, Tensor>
{
    private readonly bool inPlace;

    internal Tanh(bool inPlace)
        : base(nameof(Tanh))
    {
        this.inPlace = inPlace;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => inPlace ? Functional.Tanh(input, inplace: true) : input.Tanh();
}
