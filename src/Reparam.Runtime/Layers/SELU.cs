namespace Reparam.Runtime;

/// <summary>The exponential linear unit with the numbers that keep mean and variance.</summary>
[Counterpart("TorchSharp.Modules.SELU")]
public sealed class SELU : Module<Tensor, Tensor>
{
    private readonly bool inPlace;

    internal SELU(bool inPlace)
        : base(nameof(SELU))
    {
        this.inPlace = inPlace;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Selu(input, inPlace);
}
