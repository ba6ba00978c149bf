namespace Reparam.Runtime;

/// <summary>1 / (1 + e⁻ˣ).</summary>
[Counterpart("TorchSharp.Modules.Sigmoid")]
public sealed class Sigmoid : Module<Tensor, Tensor>
{
    internal Sigmoid()
        : base(nameof(Sigmoid))
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.Sigmoid();
}
