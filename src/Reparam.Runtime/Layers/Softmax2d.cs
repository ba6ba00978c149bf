namespace Reparam.Runtime;

/// <summary>Softmax over the channels of [N, C, H, W] or [C, H, W].</summary>
[Counterpart("TorchSharp.Modules.Softmax2d")]
public sealed class Softmax2d : Module<Tensor, Tensor>
{
    internal Softmax2d()
        : base(nameof(Softmax2d))
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Softmax2d(input);
}
