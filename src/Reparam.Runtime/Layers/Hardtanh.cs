namespace Reparam.Runtime;

/// <summary>x, cut to a range in place; else x as it is, as TorchSharp gives it.</summary>
[Counterpart("TorchSharp.Modules.Hardtanh")]
public sealed class Hardtanh : Module<Tensor, Tensor>
{
    private readonly double low;
    private readonly double high;
    private readonly bool inPlace;

    internal Hardtanh(double low, double high, bool inPlace)
        : base(nameof(Hardtanh))
    {
        this.low = low;
        this.high = high;
        this.inPlace = inPlace;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Hardtanh(input, low, high, inPlace);
}
