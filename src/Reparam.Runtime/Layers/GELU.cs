namespace Reparam.Runtime;

/// <summary>x·Φ(x).</summary>
[Counterpart("TorchSharp.Modules.GELU")]
public sealed class GELU : Module<Tensor, Tensor>
{
    internal GELU(GeluApproximate approximate)
        : base(nameof(GELU))
    {
        Approximate = approximate;
    }

    /// <summary>With the error function, or with tanh.</summary>
    [Counterpart("approximate")]
    public GeluApproximate Approximate { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.Gelu(Approximate);
}
