namespace Reparam.Runtime;

/// <summary>x where it is positive, else x times the middle of a range: nothing is drawn at run time.</summary>
[Counterpart("TorchSharp.Modules.RReLU")]
public sealed class RReLU : Module<Tensor, Tensor>
{
    private readonly double lower;
    private readonly double upper;
    private readonly bool inPlace;

    internal RReLU(double lower, double upper, bool inPlace)
        : base(nameof(RReLU))
    {
        this.lower = lower;
        this.upper = upper;
        this.inPlace = inPlace;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Rrelu(input, lower, upper, inPlace);
}
