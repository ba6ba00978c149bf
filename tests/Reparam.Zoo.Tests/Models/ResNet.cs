//! Zoo.ResidualClassifier.Shallow(6) : randn(2, 3, 32, 32)
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>Residual networks: static factories with a delegate that makes the block, nested blocks, Sequentials of named pairs, sums in place.</summary>
public class ResidualClassifier : Module<Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> features;
    private readonly Module<Tensor, Tensor> classifier;
    private long channels = 16;

    private ResidualClassifier(
        string name, Func<long, long, long, Module<Tensor, Tensor>> block, long growth, IReadOnlyList<int> depths, long labels, Device? device) : base(name)
    {
        var parts = new List<(string, Module<Tensor, Tensor>)>
        {
            ("stem-conv", Conv2d(3, channels, kernel_size: 7, stride: 2, padding: 3, bias: false)),
            ("stem-norm", BatchNorm2d(channels)),
            ("stem-relu", ReLU()),
            ("stem-pool", MaxPool2d(kernel_size: 3, stride: 2, padding: 1)),
        };
        var width = channels;
        for (var stage = 0; stage < depths.Count; stage++, width *= 2)
        {
            for (var repeat = 0; repeat < depths[stage]; repeat++)
            {
                // The first block of a later stage halves the picture.
                var step = stage > 0 && repeat == 0 ? 2 : 1;
                parts.Add(($"stage{stage}-{repeat}", block(channels, width, step)));
                channels = width * growth;
            }
        }

        features = Sequential(parts);
        classifier = Sequential(("pool", AdaptiveAvgPool2d(1)), ("flat", Flatten()), ("scores", Linear(channels, labels)));
        RegisterComponents();
        if (device is { type: DeviceType.CUDA })
        {
            this.to(device);
        }
    }

    /// <summary>Blocks of two convolutions, one a stage.</summary>
    public static ResidualClassifier Shallow(long labels, Device? device = null)
    {
        return new ResidualClassifier(nameof(Shallow), (from, width, step) => new Pair(from, width, step), Pair.Growth, new[] { 1, 1, 1 }, labels, device);
    }

    /// <summary>Blocks that work in a quarter of their channels.</summary>
    public static ResidualClassifier Deep(long labels, Device? device = null)
    {
        return new ResidualClassifier(nameof(Deep), (from, width, step) => new Funnel(from, width, step), Funnel.Growth, new[] { 2, 3, 2 }, labels, device);
    }

    public override Tensor forward(Tensor pictures) => classifier.forward(features.forward(pictures));

    private class Pair : Module<Tensor, Tensor>
    {
        public static readonly long Growth = 1;

        private readonly Module<Tensor, Tensor> residual;
        private readonly Module<Tensor, Tensor> carried;

        public Pair(long from, long width, long step) : base(nameof(Pair))
        {
            // Where the shapes agree nothing is done to what is carried: an empty Sequential.
            carried = from == width && step == 1
                ? Sequential()
                : Sequential(("carry-conv", Conv2d(from, width, kernel_size: 1, stride: step, bias: false)), ("carry-norm", BatchNorm2d(width)));
            residual = Sequential(
                ("conv-a", Conv2d(from, width, kernel_size: 3, stride: step, padding: 1, bias: false)),
                ("norm-a", BatchNorm2d(width)),
                ("relu-a", ReLU(inplace: true)),
                ("conv-b", Conv2d(width, width, kernel_size: 3, padding: 1, bias: false)),
                ("norm-b", BatchNorm2d(width)));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => residual.forward(x).add_(carried.forward(x)).relu_();
    }

    private class Funnel : Module<Tensor, Tensor>
    {
        public static readonly long Growth = 4;

        private readonly Module<Tensor, Tensor> narrow;
        private readonly Module<Tensor, Tensor> look;
        private readonly Module<Tensor, Tensor> widen;
        private readonly Module<Tensor, Tensor> carried;

        public Funnel(long from, long width, long step) : base(nameof(Funnel))
        {
            var outputs = width * Growth;
            narrow = Convolution(from, width, 1, 1);
            look = Convolution(width, width, 3, step);
            widen = Convolution(width, outputs, 1, 1);
            if (from == outputs && step == 1)
            {
                carried = Identity();
            }
            else
            {
                carried = Convolution(from, outputs, 1, step);
            }

            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using var scope = NewDisposeScope();
            var narrowed = functional.relu(narrow.forward(x));
            var looked = functional.relu(look.forward(narrowed));
            var sum = carried.forward(x) + widen.forward(looked);
            return functional.relu(sum).MoveToOuterDisposeScope();
        }

        private static Module<Tensor, Tensor> Convolution(long from, long to, long size, long step) =>
            Sequential(("conv", Conv2d(from, to, kernel_size: size, stride: step, padding: size / 2, bias: false)), ("norm", BatchNorm2d(to)));
    }
}
