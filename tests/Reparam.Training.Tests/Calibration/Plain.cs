using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.Tests.Calibration;

/// <summary>A network of one layer, <c>layer</c>.</summary>
internal sealed class Plain : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> layer;

    public Plain(Module<Tensor, Tensor> layer)
        : base(nameof(Plain))
    {
        this.layer = layer;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => layer.call(x);
}
