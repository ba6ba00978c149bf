namespace Reparam.Runtime;

/// <summary>1 / (1 + e⁻ˣ).</summary>
[Counterpart("TorchSharp.Modules.Sigmoid")]
public sealed class Sigmoid : Module<Tensor, Tensor>
{
    private readonly bool inPlace;

    internal Sigmoid(bool inPlace)
        : base(nameof(Sigmoid))
    {
        this.inPlace = inPlace;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => inPlace ? Functional.Sigmoid(input, inplace: true) : input.Sigmoid();
}
