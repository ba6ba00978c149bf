using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Benchmarks.Calibration;

/// <summary>The convolutions of a residual network of 20 layers for images of 32 × 32, with random weights.</summary>
internal sealed class ConvolutionNet : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> conv1 = Conv2d(3, 16, 3, padding: 1, bias: false);
    private readonly Module<Tensor, Tensor> bn1 = BatchNorm2d(16);
    private readonly TorchSharp.Modules.ModuleList<Module<Tensor, Tensor>> blocks = ModuleList<Module<Tensor, Tensor>>();

    /// <summary>Draws the weights.</summary>
    /// <param name="seed">Seed of the draw.</param>
    public ConvolutionNet(int seed)
        : base(nameof(ConvolutionNet))
    {
        manual_seed(seed);
        (int, int)[] widths = [(16, 16), (16, 16), (16, 16), (16, 32), (32, 32), (32, 32), (32, 64), (64, 64), (64, 64)];
        foreach (var (channels, outputs) in widths)
        {
            blocks.Add(new Block(channels, outputs));
        }

        RegisterComponents();
    }

    /// <inheritdoc/>
    public override Tensor forward(Tensor x)
    {
        x = functional.relu(bn1.call(conv1.call(x)));
        foreach (var block in blocks)
        {
            x = block.call(x);
        }

        return x.mean([2, 3]);
    }

    private sealed class Block : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> conv1;
        private readonly Module<Tensor, Tensor> bn1;
        private readonly Module<Tensor, Tensor> conv2;
        private readonly Module<Tensor, Tensor> bn2;
        private readonly int grows;

        public Block(int channels, int outputs)
            : base(nameof(Block))
        {
            conv1 = Conv2d(channels, outputs, 3, stride: outputs / channels, padding: 1, bias: false);
            bn1 = BatchNorm2d(outputs);
            conv2 = Conv2d(outputs, outputs, 3, padding: 1, bias: false);
            bn2 = BatchNorm2d(outputs);
            grows = outputs - channels;
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            var y = bn2.call(conv2.call(functional.relu(bn1.call(conv1.call(x)))));
            if (grows > 0)
            {
                x = functional.pad(x[.., .., TensorIndex.Slice(step: 2), TensorIndex.Slice(step: 2)], [0, 0, 0, 0, grows / 2, grows / 2]);
            }

            return functional.relu(x + y);
        }
    }
}
