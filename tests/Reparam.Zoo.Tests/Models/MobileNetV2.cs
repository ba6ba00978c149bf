//! new Zoo.MobileNetV2(10, width_mult: 0.5) : randn(2, 3, 32, 32)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zoo;

/// <summary>MobileNet v2: a helper class that is Sequential, inverted residuals in lists, factories of norms, weights initialised over named_modules.</summary>
public class MobileNetV2 : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> features;
    private readonly nn.Module<Tensor, Tensor> classifier;
    private readonly long last_channel;

    public MobileNetV2(
        long num_classes = 1000, double width_mult = 1.0, long[][]? inverted_residual_setting = null, long round_nearest = 8,
        Func<long, nn.Module<Tensor, Tensor>>? norm_layer = null, double dropout = 0.2)
        : base(nameof(MobileNetV2))
    {
        norm_layer ??= features => nn.BatchNorm2d(features);
        inverted_residual_setting ??= new long[][]
        {
            // t, c, n, s
            new long[] { 1, 16, 1, 1 },
            new long[] { 6, 24, 2, 2 },
            new long[] { 6, 32, 2, 2 },
        };

        var input_channel = MakeDivisible(32 * width_mult, round_nearest);
        this.last_channel = MakeDivisible(128 * Math.Max(1.0, width_mult), round_nearest);
        var layers = new List<nn.Module<Tensor, Tensor>> { ConvNormActivation(3, input_channel, 3, 2, 1, norm_layer) };
        foreach (var setting in inverted_residual_setting)
        {
            var (t, c, n, s) = (setting[0], setting[1], setting[2], setting[3]);
            var output_channel = MakeDivisible(c * width_mult, round_nearest);
            for (var i = 0; i < n; i++)
            {
                layers.Add(new InvertedResidual("bottleneck", input_channel, output_channel, i == 0 ? s : 1, t, norm_layer));
                input_channel = output_channel;
            }
        }

        layers.Add(ConvNormActivation(input_channel, this.last_channel, 1, 1, 1, norm_layer));
        this.features = nn.Sequential(layers);
        this.classifier = nn.Sequential(nn.Dropout(dropout), nn.Linear(this.last_channel, num_classes));
        RegisterComponents();

        foreach (var (_, m) in this.named_modules())
        {
            if (m is Conv2d conv)
            {
                nn.init.kaiming_normal_(conv.weight!, mode: nn.init.FanInOut.FanOut);
                if (conv.bias is not null)
                {
                    nn.init.zeros_(conv.bias);
                }
            }
            else if (m is BatchNorm2d norm)
            {
                nn.init.ones_(norm.weight);
                nn.init.zeros_(norm.bias);
            }
            else if (m is Linear linear)
            {
                nn.init.normal_(linear.weight!, 0, 0.01);
                nn.init.zeros_(linear.bias!);
            }
        }
    }

    public override Tensor forward(Tensor x)
    {
        x = this.features.call(x);
        x = nn.functional.adaptive_avg_pool2d(x, (1, 1));
        x = torch.flatten(x, 1);
        return this.classifier.call(x);
    }

    private static nn.Module<Tensor, Tensor> ConvNormActivation(
        long in_channels, long out_channels, long kernel_size, long stride, long groups, Func<long, nn.Module<Tensor, Tensor>> norm_layer) => nn.Sequential(
            nn.Conv2d(in_channels, out_channels, kernel_size, stride, (kernel_size - 1) / 2, groups: groups, bias: false),
            norm_layer(out_channels),
            nn.ReLU6(inplace: true));

    private static long MakeDivisible(double v, long divisor, long? min_value = null)
    {
        var new_v = Math.Max(min_value ?? divisor, (long)(v + (divisor / 2.0)) / divisor * divisor);
        return new_v < 0.9 * v ? new_v + divisor : new_v;
    }

    private class InvertedResidual : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> conv;
        private readonly bool use_res_connect;

        public InvertedResidual(string name, long inp, long oup, long stride, double expand_ratio, Func<long, nn.Module<Tensor, Tensor>> norm_layer)
            : base(name)
        {
            if (stride != 1 && stride != 2)
            {
                throw new ArgumentOutOfRangeException(nameof(stride), $"stride should be 1 or 2 instead of {stride}");
            }

            var hidden_dim = (long)Math.Round(inp * expand_ratio);
            this.use_res_connect = stride == 1 && inp == oup;
            var layers = new List<nn.Module<Tensor, Tensor>>();
            if (expand_ratio != 1)
            {
                layers.Add(ConvNormActivation(inp, hidden_dim, 1, 1, 1, norm_layer));
            }

            layers.AddRange(new List<nn.Module<Tensor, Tensor>>
            {
                ConvNormActivation(hidden_dim, hidden_dim, 3, stride, hidden_dim, norm_layer),
                nn.Conv2d(hidden_dim, oup, 1, 1, 0, bias: false),
                norm_layer(oup),
            });
            conv = nn.Sequential(layers);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => this.use_res_connect ? x + this.conv.call(x) : this.conv.call(x);
    }
}
