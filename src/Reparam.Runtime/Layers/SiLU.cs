namespace Reparam.Runtime;

/// <summary>x / (1 + e⁻ˣ).</summary>
[Counterpart("TorchSharp.Modules.SiLU")]
public sealed class SiLU : Module<Tensor, Tensor>
{
    private readonly bool inPlace;

    internal SiLU(bool inPlace)
        : base(nameof(SiLU))
    {
        this.inPlace = inPlace;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => inPlace ? Functional.Silu(input, inplace: true) : input.Silu();
}
