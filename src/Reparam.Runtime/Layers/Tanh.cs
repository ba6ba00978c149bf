namespace Reparam.Runtime;

/// <summary>Hyperbolic tangent.</summary>
[Counterpart("TorchSharp.Modules.Tanh")]
public sealed class Tanh : Module<Tensor, Tensor>
{
    internal Tanh()
        : base(nameof(Tanh))
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.Tanh();
}
