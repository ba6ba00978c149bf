//! new Zoo.InvertedNetwork(7, width: 0.5) : randn(2, 3, 37, 31)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zoo;

/// <summary>
/// MobileNet v2 (Sandler et al., 2018): blocks that are wide inside and narrow between.
/// Kinds: a delegate that makes the norms, with a lambda as its default, a table of arrays that may be null, a private nested block, lists of layers
/// (Add, AddRange, conditional ones) made Sequential, a static helper that returns a Sequential, weights set in a loop over named_modules.
/// </summary>
public class InvertedNetwork : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> features;
    private readonly nn.Module<Tensor, Tensor> classifier;
    private readonly long last;

    public InvertedNetwork(
        long labels = 1000, double width = 1.0, long[][]? plan = null, long multiple = 16,
        Func<long, nn.Module<Tensor, Tensor>>? norm = null, double drop = 0.2)
        : base(nameof(InvertedNetwork))
    {
        // How many times wider inside, channels, repetitions, first stride.
        plan ??= new long[][]
        {
            new long[] { 1, 24, 1, 1 },
            new long[] { 4, 32, 2, 2 },
            new long[] { 6, 60, 3, 2 },
        };
        norm ??= channels => nn.BatchNorm2d(channels, momentum: 0.01);
        this.last = Rounded(Math.Max(width, 1.0) * 96, multiple);

        var from = Rounded(32 * width, multiple);
        var steps = new List<nn.Module<Tensor, Tensor>>();
        steps.Add(Bent(3, from, size: 3, stride: 2, groups: 1, norm));
        foreach (var row in plan)
        {
            var to = Rounded(row[1] * width, multiple);
            for (var left = row[2]; left > 0; left--)
            {
                var stride = left == row[2] ? row[3] : 1;
                steps.Add(new Inverted("inverted", from, to, stride, row[0], norm));
                from = to;
            }
        }

        steps.Add(Bent(from, this.last, size: 1, stride: 1, groups: 1, norm));
        this.classifier = nn.Sequential(nn.Dropout(drop), nn.Linear(this.last, labels));
        this.features = nn.Sequential(steps);
        RegisterComponents();
        this.StartWeights();
    }

    public override Tensor forward(Tensor pictures)
    {
        var maps = nn.functional.adaptive_avg_pool2d(this.features.call(pictures), (1, 1));
        return this.classifier.call(torch.flatten(maps, 1));
    }

    private void StartWeights()
    {
        foreach (var (name, part) in this.named_modules())
        {
            switch (part)
            {
                case Conv2d convolution:
                    nn.init.kaiming_normal_(convolution.weight!, mode: nn.init.FanInOut.FanOut);
                    if (convolution.bias is not null)
                    {
                        nn.init.zeros_(convolution.bias);
                    }

                    break;
                case BatchNorm2d norm:
                    nn.init.ones_(norm.weight);
                    nn.init.zeros_(norm.bias);
                    break;
                case Linear dense when name.StartsWith("classifier"):
                    nn.init.normal_(dense.weight!, 0, 0.01);
                    nn.init.zeros_(dense.bias!);
                    break;
            }
        }
    }

    private static nn.Module<Tensor, Tensor> Bent(
        long from, long to, long size, long stride, long groups, Func<long, nn.Module<Tensor, Tensor>> norm)
    {
        var convolution = nn.Conv2d(from, to, size, stride, size / 2, groups: groups, bias: false);
        return nn.Sequential(convolution, norm(to), nn.ReLU6(inplace: true));
    }

    // To the nearest multiple, but never by more than a tenth down.
    private static long Rounded(double channels, long multiple, long? least = null)
    {
        var nearest = (long)Math.Round(channels / multiple, MidpointRounding.AwayFromZero) * multiple;
        var rounded = Math.Max(nearest, least ?? multiple);
        return rounded * 10 < channels * 9 ? rounded + multiple : rounded;
    }

    private class Inverted : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> conv;
        private readonly bool keeps;

        public Inverted(string name, long from, long to, long stride, double times, Func<long, nn.Module<Tensor, Tensor>> norm) : base(name)
        {
            if (stride is < 1 or > 2)
            {
                throw new ArgumentOutOfRangeException(nameof(stride), $"a stride of {stride}; expected 1 or 2");
            }

            var inner = (long)Math.Round(times * from);
            var steps = new List<nn.Module<Tensor, Tensor>>();
            if (inner != from)
            {
                steps.Add(Bent(from, inner, 1, 1, 1, norm));
            }

            steps.AddRange(new List<nn.Module<Tensor, Tensor>>
            {
                Bent(inner, inner, 3, stride, inner, norm),
                nn.Conv2d(inner, to, 1, 1, 0, bias: false),
                norm(to),
            });
            this.keeps = from == to && stride == 1;
            this.conv = nn.Sequential(steps);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            var seen = this.conv.call(x);
            return this.keeps ? seen + x : seen;
        }
    }
}
