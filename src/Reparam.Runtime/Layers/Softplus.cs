namespace Reparam.Runtime;

/// <summary>ln(1 + e^(beta·x)) / beta; x where beta·x is above a threshold.</summary>
[Counterpart("TorchSharp.Modules.Softplus")]
public sealed class Softplus : Module<Tensor, Tensor>
{
    private readonly double beta;
    private readonly double threshold;

    internal Softplus(double beta, double threshold)
        : base(nameof(Softplus))
    {
        this.beta = beta;
        this.threshold = threshold;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Softplus(input, beta, threshold);
}
