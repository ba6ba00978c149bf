namespace Reparam.Runtime;

/// <summary>max(x, 0).</summary>
[Counterpart("TorchSharp.Modules.ReLU")]
public sealed class ReLU : Module<Tensor, Tensor>
{
    internal ReLU()
        : base(nameof(ReLU))
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => input.Relu();
}
