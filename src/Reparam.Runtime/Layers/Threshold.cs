namespace Reparam.Runtime;

/// <summary>x above a threshold, else a value.</summary>
[Counterpart("TorchSharp.Modules.Threshold")]
public sealed class Threshold : Module<Tensor, Tensor>
{
    private readonly double threshold;
    private readonly double value;
    private readonly bool inPlace;

    internal Threshold(double threshold, double value, bool inPlace)
        : base(nameof(Threshold))
    {
        this.threshold = threshold;
        this.value = value;
        this.inPlace = inPlace;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Threshold(input, threshold, value, inPlace);
}
