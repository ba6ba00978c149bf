//! new Zoo.InceptionNetwork(6) : randn(2, 3, 35, 41)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>
/// Going deeper with convolutions (Szegedy et al., 2015): windows of several sizes side by side.
/// Kinds: private nested modules, a static helper that returns a Sequential of named layers with its arguments out of order, Sequentials of such
/// helpers, a second head that may be null and that only training runs, colours shifted one by one and joined again, pooling with ceil_mode and tuples.
/// </summary>
public class InceptionNetwork : Module<Tensor, Tensor>
{
    // Mean and deviation of the colours that the weights were made for, and those that the caller used.
    private static readonly (double Mean, double Deviation)[] Colours = { (0.485, 0.229), (0.456, 0.224), (0.406, 0.225) };

    private readonly bool shift_colours;
    private readonly Module<Tensor, Tensor> stem;
    private readonly MaxPool2d stem_pool;
    private readonly Module<Tensor, Tensor> widen;
    private readonly Inception first;
    private readonly SecondHead? training_head;
    private readonly Inception second;
    private readonly MaxPool2d pool;
    private readonly Inception third;
    private readonly AdaptiveAvgPool2d mean;
    private readonly Dropout drop;
    private readonly Linear scores;

    public InceptionNetwork(int labels = 1000, bool two_heads = true, bool shift_colours = true) : base("GoogLeNet")
    {
        this.shift_colours = shift_colours;
        stem = Convolution(16, from: 3, size: 7, step: 2);
        stem_pool = MaxPool2d(3, stride: 2, ceil_mode: true);
        widen = Convolution(32, from: 16, size: 3);
        first = new Inception(32, (16, 8, 16), (8, 8), 8);
        training_head = two_heads ? new SecondHead(first.Channels, labels) : null;
        second = new Inception(first.Channels, (24, 16, 24), (8, 8), 8);
        pool = MaxPool2d(2, stride: 2, ceil_mode: true);
        third = new Inception(second.Channels, (16, 16, 24), (16, 12), 12);
        mean = AdaptiveAvgPool2d((1, 1));
        drop = Dropout(0.4);
        scores = Linear(third.Channels, labels);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        if (shift_colours)
        {
            var shifted = new List<Tensor>();
            for (var c = 0; c < Colours.Length; c++)
            {
                var colour = torch.unsqueeze(x[TensorIndex.Colon, c], 1);
                shifted.Add(colour * (Colours[c].Deviation / 0.5) + (Colours[c].Mean - 0.5) / 0.5);
            }

            x = torch.cat(shifted, 1);
        }

        x = first.call(widen.call(stem_pool.call(stem.call(x))));
        if (this.training && training_head is not null)
        {
            training_head.call(x);
        }

        x = third.call(pool.call(second.call(x)));
        x = drop.call(torch.flatten(mean.call(x), 1));
        return scores.call(x);
    }

    private static Module<Tensor, Tensor> Convolution(int to, int from, int size, int step = 1) => Sequential(
        ("conv", Conv2d(from, to, stride: step, padding: size / 2, kernel_size: size, bias: false)),
        ("norm", BatchNorm2d(to, eps: 0.001)),
        ("relu", ReLU(true)));

    private class Inception : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> point, near, far, brightest;

        public Inception(int from, (int Point, int Narrow, int Wide) near, (int Narrow, int Wide) far, int brightest) : base(nameof(Inception))
        {
            Channels = near.Point + near.Wide + far.Wide + brightest;
            point = Convolution(near.Point, from, size: 1);
            this.near = Sequential(Convolution(near.Narrow, from, size: 1), Convolution(near.Wide, near.Narrow, size: 3));
            this.far = Sequential(Convolution(far.Narrow, from, size: 1), Convolution(far.Wide, far.Narrow, size: 5));
            this.brightest = Sequential(MaxPool2d(kernel_size: 3, stride: 1, padding: 1, ceil_mode: true), Convolution(brightest, from, size: 1));
            RegisterComponents();
        }

        public int Channels { get; }

        public override Tensor forward(Tensor x)
        {
            var maps = new Tensor[4];
            (maps[0], maps[1]) = (point.call(x), near.call(x));
            (maps[2], maps[3]) = (far.call(x), brightest.call(x));
            return torch.cat(maps, 1);
        }
    }

    private class SecondHead : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> narrow;
        private readonly Module<Tensor, Tensor> hidden;
        private readonly Module<Tensor, Tensor> scores;

        public SecondHead(int from, int labels) : base(nameof(SecondHead))
        {
            narrow = Convolution(to: 12, from: from, size: 1);
            hidden = Linear(12 * 3 * 3, 40);
            scores = Linear(40, labels);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            var small = narrow.call(functional.adaptive_avg_pool2d(x, (3, 3)));
            var seen = functional.relu(hidden.call(torch.flatten(small, 1)), inplace: true);
            return scores.call(functional.dropout(seen, 0.7, training));
        }
    }
}
