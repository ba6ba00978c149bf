namespace Reparam.Runtime;

/// <summary>x·Φ(x).</summary>
[Counterpart("TorchSharp.Modules.GELU")]
public sealed class GELU : Module<Tensor, Tensor>
{
    private readonly bool inPlace;

    internal GELU(GeluApproximate approximate, bool inPlace)
        : base(nameof(GELU))
    {
        Approximate = approximate;
        this.inPlace = inPlace;
    }

    /// <summary>With the error function, or with tanh.</summary>
    [Counterpart("approximate")]
    public GeluApproximate Approximate { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => inPlace ? input.Copy_(input.Gelu(Approximate)).Alias() : input.Gelu(Approximate);
}
