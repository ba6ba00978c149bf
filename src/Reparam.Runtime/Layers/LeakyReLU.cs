namespace Reparam.Runtime;

/// <summary>x where it is positive, else x·slope.</summary>
[Counterpart("TorchSharp.Modules.LeakyReLU")]
public sealed class LeakyReLU : Module<Tensor, Tensor>
{
    private readonly double slope;
    private readonly bool inPlace;

    internal LeakyReLU(double slope, bool inPlace)
        : base(nameof(LeakyReLU))
    {
        this.slope = slope;
        this.inPlace = inPlace;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.LeakyRelu(input, slope, inPlace);
}
