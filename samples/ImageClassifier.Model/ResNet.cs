using Reparam;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

[assembly: ShiftAdd(4)]

namespace ImageClassifier;

/// <summary>
/// The residual network for small images of He et al., <em>Deep Residual Learning for Image Recognition</em>, 2016, section 4.2: three stages of blocks, of
/// 16, 32 and 64 channels. The names of its fields are those of published checkpoints. All of the model is ordinary TorchSharp: the mark reaches the classes
/// below, and the attribute of the assembly every layer in them.
/// </summary>
[ReparamModel]
public sealed partial class ResNet : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> conv1;
    private readonly Module<Tensor, Tensor> bn1;
    private readonly Sequential layer1;
    private readonly Sequential layer2;
    private readonly Sequential layer3;
    private readonly Module<Tensor, Tensor> linear;

    public ResNet(ResNetConfig config) : base(nameof(ResNet))
    {
        conv1 = Conv2d(config.Channels, 16, 3, padding: 1, bias: false);
        bn1 = BatchNorm2d(16);
        layer1 = Stage(16, 16, config.Blocks);
        layer2 = Stage(16, 32, config.Blocks);
        layer3 = Stage(32, 64, config.Blocks);
        linear = Linear(64, config.Classes);
        RegisterComponents();
    }

    /// <param name="x">Normalized images, [batch, channels, height, width].</param>
    /// <returns>Logits, [batch, classes].</returns>
    public override Tensor forward(Tensor x)
    {
        x = functional.relu(bn1.call(conv1.call(x)));
        x = layer3.call(layer2.call(layer1.call(x)));
        return linear.call(x.mean([2, 3]));
    }

    private static Sequential Stage(int inputs, int outputs, int blocks)
    {
        var stage = Sequential();
        for (var i = 0; i < blocks; i++)
        {
            stage.append(new BasicBlock(i == 0 ? inputs : outputs, outputs));
        }

        return stage;
    }

    private sealed class BasicBlock : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> conv1;
        private readonly Module<Tensor, Tensor> bn1;
        private readonly Module<Tensor, Tensor> conv2;
        private readonly Module<Tensor, Tensor> bn2;
        private readonly int added;

        public BasicBlock(int inputs, int outputs) : base(nameof(BasicBlock))
        {
            conv1 = Conv2d(inputs, outputs, 3, stride: outputs / inputs, padding: 1, bias: false);
            bn1 = BatchNorm2d(outputs);
            conv2 = Conv2d(outputs, outputs, 3, padding: 1, bias: false);
            bn2 = BatchNorm2d(outputs);
            added = outputs - inputs;
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            var y = functional.relu(bn1.call(conv1.call(x)));
            y = bn2.call(conv2.call(y));

            // The shortcut has no weights (the paper's option A): every other pixel, and zeros for the channels that are new.
            if (added > 0)
            {
                x = functional.pad(x[.., .., TensorIndex.Slice(step: 2), TensorIndex.Slice(step: 2)], [0, 0, 0, 0, added / 2, added / 2]);
            }

            return functional.relu(x + y);
        }
    }
}
