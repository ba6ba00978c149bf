namespace Reparam.Runtime;

/// <summary>x / (1 + e⁻ˣ).</summary>
[Counterpart("TorchSharp.Modules.SiLU")]
public sealed class SiLU : Module<Tensor, Tensor>
{
    internal SiLU()
        : base(nameof(SiLU))
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.Silu();
}
