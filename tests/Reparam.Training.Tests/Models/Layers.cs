using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training.Tests.Models;

// One annotated class for each thing that the tests look at.

[ReparamModule]
public sealed partial class CompandNet : Module<Tensor, Tensor>
{
    public CompandNet(long width = 7, long outputs = 5)
        : base(nameof(CompandNet))
    {
        Proj = Linear(width, outputs);
        RegisterComponents();
    }

    [Compand]
    public partial Module<Tensor, Tensor> Proj { get; private set; }

    public override Tensor forward(Tensor x) => Proj.call(x);
}

[ReparamModule]
public sealed partial class FixedCompandNet : Module<Tensor, Tensor>
{
    public FixedCompandNet()
        : base(nameof(FixedCompandNet))
    {
        Proj = Linear(6, 4);
        RegisterComponents();
    }

    [Compand(A = 1.2f, B = 0.8f, Learn = false)]
    public partial Module<Tensor, Tensor> Proj { get; private set; }

    public override Tensor forward(Tensor x) => Proj.call(x);
}

[ReparamModule]
public sealed partial class SigmaNet : Module<Tensor, Tensor>
{
    public SigmaNet(long width = 7, long outputs = 5)
        : base(nameof(SigmaNet))
    {
        Proj = Linear(width, outputs);
        RegisterComponents();
    }

    [SigmaReparam]
    public partial Module<Tensor, Tensor> Proj { get; private set; }

    public override Tensor forward(Tensor x) => Proj.call(x);
}

[ReparamModule]
public sealed partial class LoraNet : Module<Tensor, Tensor>
{
    public LoraNet()
        : base(nameof(LoraNet))
    {
        First = Linear(6, 8);
        Second = Linear(8, 3);
        RegisterComponents();
    }

    [LoRA(2, Alpha = 6)]
    public partial Module<Tensor, Tensor> First { get; private set; }

    public partial Module<Tensor, Tensor> Second { get; private set; }

    public override Tensor forward(Tensor x) => Second.call(functional.relu(First.call(x)));
}

/// <summary>Pretraining with maps, fine-tuning with adapters, one class.</summary>
[ReparamModule]
public sealed partial class DeferredNet : Module<Tensor, Tensor>
{
    public DeferredNet()
        : base(nameof(DeferredNet))
    {
        First = Linear(6, 8);
        Second = Linear(8, 3);
        Norm = LayerNorm(3);
        RegisterComponents();
    }

    [Compand, SigmaReparam, LoRA(2, Deferred = true, LrRatio = 16)]
    public partial Module<Tensor, Tensor> First { get; private set; }

    [SigmaReparam, LoRA(2, Deferred = true, Init = LoraInit.PiSSA, Magnitude = true)]
    public partial Module<Tensor, Tensor> Second { get; private set; }

    public partial LayerNorm Norm { get; private set; }

    public override Tensor forward(Tensor x) => Norm.call(Second.call(functional.relu(First.call(x))));
}

[ReparamModule]
[SigmaReparam, Compand(PerChannel = true)]
public sealed partial class ConvNet : Module<Tensor, Tensor>
{
    public ConvNet()
        : base(nameof(ConvNet))
    {
        Wave = Conv1d(4, 6, 3, padding: 2, dilation: 2, groups: 2, padding_mode: PaddingModes.Circular);
        Image = Conv2d(1, 4, 3, stride: 2, padding: 1);
        Same = Conv2d(4, 4, (2, 3), padding: Padding.Same, bias: false);
        RegisterComponents();
    }

    public partial Module<Tensor, Tensor> Wave { get; private set; }

    public partial Module<Tensor, Tensor> Image { get; private set; }

    public partial Module<Tensor, Tensor> Same { get; private set; }

    /// <summary>[batch, 4, length] to [batch, 4, 3, length / 2].</summary>
    public override Tensor forward(Tensor x) => Same.call(Image.call(Wave.call(x).unsqueeze(1)));
}

[ReparamModule]
public sealed partial class EmbeddingNet : Module<Tensor, Tensor>
{
    public EmbeddingNet()
        : base(nameof(EmbeddingNet))
    {
        Tokens = Embedding(9, 5);
        Adapted = Embedding(9, 5);
        RegisterComponents();
    }

    [Compand(PerChannel = true)]
    public partial Module<Tensor, Tensor> Tokens { get; private set; }

    [LoRA(3)]
    public partial Module<Tensor, Tensor> Adapted { get; private set; }

    public override Tensor forward(Tensor x) => Tokens.call(x) + Adapted.call(x);
}

/// <summary>Adapters that take the weight's principal part, and leave the residual.</summary>
[ReparamModule]
public sealed partial class PissaNet : Module<Tensor, Tensor>
{
    public PissaNet()
        : base(nameof(PissaNet))
    {
        A = Linear(16, 12);
        Image = Conv2d(3, 4, 3);
        Words = Embedding(9, 6);
        RegisterComponents();
    }

    [LoRA(4, Init = LoraInit.PiSSA)]
    public partial Module<Tensor, Tensor> A { get; private set; }

    [LoRA(2, Init = LoraInit.PiSSA)]
    public partial Module<Tensor, Tensor> Image { get; private set; }

    [LoRA(2, Init = LoraInit.PiSSA)]
    public partial Module<Tensor, Tensor> Words { get; private set; }

    public override Tensor forward(Tensor x) => A.call(x);
}
