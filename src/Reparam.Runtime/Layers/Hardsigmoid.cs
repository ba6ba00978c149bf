namespace Reparam.Runtime;

/// <summary>min(max(x + 3, 0), 6) / 6.</summary>
[Counterpart("TorchSharp.Modules.Hardsigmoid")]
public sealed class Hardsigmoid : Module<Tensor, Tensor>
{
    private readonly bool inPlace;

    internal Hardsigmoid(bool inPlace)
        : base(nameof(Hardsigmoid))
    {
        this.inPlace = inPlace;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Hardsigmoid(input, inPlace);
}
