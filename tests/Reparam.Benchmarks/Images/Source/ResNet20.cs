using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Images;

/// <summary>ResNet-20 for CIFAR-10 (He et al. 2016, section 4.2; shortcuts of option A), with the names of its published checkpoints.</summary>
[Reparam.ReparamModel]
public sealed partial class ResNet20 : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Sequential layer1;
    private readonly Sequential layer2;
    private readonly Sequential layer3;
    private readonly Linear linear;

    public ResNet20() : base(nameof(ResNet20))
    {
        conv1 = Conv2d(3, 16, kernel_size: 3, padding: 1, bias: false);
        bn1 = BatchNorm2d(16);
        layer1 = Sequential(new BasicBlock(16, 16, 1), new BasicBlock(16, 16, 1), new BasicBlock(16, 16, 1));
        layer2 = Sequential(new BasicBlock(16, 32, 2), new BasicBlock(32, 32, 1), new BasicBlock(32, 32, 1));
        layer3 = Sequential(new BasicBlock(32, 64, 2), new BasicBlock(64, 64, 1), new BasicBlock(64, 64, 1));
        linear = Linear(64, 10);
        RegisterComponents();
    }

    public override Tensor forward(Tensor pictures)
    {
        var x = functional.relu(bn1.call(conv1.call(pictures)));
        x = layer3.call(layer2.call(layer1.call(x)));
        return linear.call(x.mean([2, 3]));
    }
}

/// <summary>Two convolutions and what goes past them.</summary>
[Reparam.ReparamModule]
public sealed partial class BasicBlock : Module<Tensor, Tensor>
{
    private readonly Conv2d conv1;
    private readonly BatchNorm2d bn1;
    private readonly Conv2d conv2;
    private readonly BatchNorm2d bn2;
    private readonly int stride;
    private readonly int added;

    public BasicBlock(int channels, int outputs, int stride) : base(nameof(BasicBlock))
    {
        this.stride = stride;
        added = (outputs - channels) / 2;
        conv1 = Conv2d(channels, outputs, kernel_size: 3, stride: stride, padding: 1, bias: false);
        bn1 = BatchNorm2d(outputs);
        conv2 = Conv2d(outputs, outputs, kernel_size: 3, padding: 1, bias: false);
        bn2 = BatchNorm2d(outputs);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var shortcut = x;
        if (stride > 1)
        {
            // Every other position, and channels of zeros.
            var rows = x.slice(2, 0, x.shape[2], stride);
            shortcut = functional.pad(rows.slice(3, 0, x.shape[3], stride), [0, 0, 0, 0, added, added]);
        }

        var y = functional.relu(bn1.call(conv1.call(x)));
        return functional.relu(bn2.call(conv2.call(y)) + shortcut);
    }
}
