using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.Tests.Uniform;

/// <summary>Layers whose inputs are rounded, and an embedding, which has none.</summary>
[ReparamModule]
[Uniform(8, GroupSize = 0, Activations = 8)]
public sealed partial class UniformNet : Module<Tensor, Tensor>
{
    public UniformNet()
        : base(nameof(UniformNet))
    {
        Tokens = Embedding(11, 8);
        Conv = Conv2d(2, 6, 3, padding: 1, groups: 2);
        Wide = Linear(48, 16);
        Out = Linear(16, 3);
        RegisterComponents();
    }

    public partial Module<Tensor, Tensor> Tokens { get; private set; }

    public partial Module<Tensor, Tensor> Conv { get; private set; }

    [Uniform(4, GroupSize = 16, Activations = 8, ActivationsPerChannel = true)]
    public partial Module<Tensor, Tensor> Wide { get; private set; }

    [Uniform(4)]
    public partial Module<Tensor, Tensor> Out { get; private set; }

    public override Tensor forward(Tensor x)
    {
        var image = Tokens.call(x).view(x.shape[0], 2, 2, 4);
        return Out.call(functional.gelu(Wide.call(functional.gelu(Conv.call(image)).flatten(1))));
    }
}
