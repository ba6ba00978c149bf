//! new Zoo.MattingNetwork() : rand(1, 3, 32, 32)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>Portrait matting: a depthwise backbone that hands out all stages, pyramid pooling, a recurrent decoder with a state that may be null.</summary>
public class MattingNetwork : Module<Tensor, (Tensor foreground, Tensor alpha)>
{
    private readonly MattingBackbone backbone = new(3);
    private readonly PyramidPooling aspp = new(48, 32);
    private readonly MattingDecoder decoder = new();
    private readonly Conv2d project_mat = Conv2d(16, 4, 1);

    public MattingNetwork() : base("MattingNetwork")
    {
        RegisterComponents();
    }

    public override (Tensor foreground, Tensor alpha) forward(Tensor src)
    {
        var features = backbone.forward(src);
        features[^1] = aspp.forward(features[^1]);
        var (hidden, _) = decoder.forward(src, features, null);
        var parts = project_mat.forward(hidden).split(new long[] { 3, 1 }, dim: 1);
        var foreground = (parts[0] + src).clamp(0.0, 1.0);
        var alpha = parts[1].clamp(0.0, 1.0);
        return (foreground, alpha);
    }
}

internal class MattingBackbone : Module<Tensor, Tensor[]>
{
    private readonly ModuleList<Module<Tensor, Tensor>> stages = ModuleList<Module<Tensor, Tensor>>();

    public MattingBackbone(int input) : base("Backbone")
    {
        int[] widths = { 16, 24, 48 };
        foreach (var width in widths)
        {
            stages.append(Sequential(
                Conv2d(input, input, 3, stride: 2, padding: 1, groups: input, bias: false),
                BatchNorm2d(input),
                Conv2d(input, width, 1, bias: false),
                BatchNorm2d(width),
                Hardswish()));
            input = width;
        }

        RegisterComponents();
    }

    public override Tensor[] forward(Tensor x)
    {
        var outputs = new Tensor[stages.Count];
        for (int i = 0; i < stages.Count; i++)
        {
            outputs[i] = x = stages[i].forward(x);
        }

        return outputs;
    }
}

internal class PyramidPooling : Module<Tensor, Tensor>
{
    private readonly Sequential aspp1;
    private readonly Sequential aspp2;

    public PyramidPooling(int input, int output) : base("LRASPP")
    {
        aspp1 = Sequential(Conv2d(input, output, 1, bias: false), BatchNorm2d(output), ReLU(true));
        aspp2 = Sequential(AdaptiveAvgPool2d(1), Conv2d(input, output, 1, bias: false), Sigmoid());
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => aspp1.forward(x) * aspp2.forward(x);
}

internal class ConvGru : Module<Tensor, Tensor?, (Tensor, Tensor)>
{
    private readonly int channels;
    private readonly Sequential ih;
    private readonly Sequential hh;

    public ConvGru(int channels, int kernel_size = 3) : base("ConvGRU")
    {
        this.channels = channels;
        ih = Sequential(Conv2d(channels * 2, channels * 2, kernel_size, padding: kernel_size / 2), Sigmoid());
        hh = Sequential(Conv2d(channels * 2, channels, kernel_size, padding: kernel_size / 2), Tanh());
        RegisterComponents();
    }

    public override (Tensor, Tensor) forward(Tensor x, Tensor? h)
    {
        h ??= zeros_like(x);
        var gates = ih.forward(cat(new[] { x, h }, dim: 1)).split(channels, dim: 1);
        var c = hh.forward(cat(new[] { x, gates[0] * h }, dim: 1));
        h = (1 - gates[1]) * h + gates[1] * c;
        return (h, h);
    }
}

internal class MattingDecoder : Module<Tensor, Tensor[], Tensor?, (Tensor, Tensor)>
{
    private readonly ConvGru gru = new(16);
    private readonly Conv2d reduce = Conv2d(32, 16, 1);
    private readonly Sequential conv;
    private readonly Sequential last;

    public MattingDecoder() : base("Decoder")
    {
        conv = Sequential(Conv2d(16 + 24, 13, 3, padding: 1, bias: false), BatchNorm2d(13), ReLU(true));
        last = Sequential(Conv2d(13 + 16 + 3, 16, 3, padding: 1, bias: false), BatchNorm2d(16), ReLU(true));
        RegisterComponents();
    }

    public override (Tensor, Tensor) forward(Tensor src, Tensor[] features, Tensor? state)
    {
        var (x, next) = gru.forward(reduce.forward(features[2]), state);
        x = functional.interpolate(x, scale_factor: new double[] { 2, 2 }, mode: InterpolationMode.Bilinear, align_corners: false);
        x = conv.forward(cat(new[] { x, features[1] }, dim: 1));
        x = functional.interpolate(x, size: new long[] { src.shape[2], src.shape[3] }, mode: InterpolationMode.Bilinear, align_corners: false);
        var skip = functional.interpolate(features[0], size: src.shape[2..], mode: InterpolationMode.Bilinear, align_corners: false);
        return (last.forward(cat(new[] { x, skip, src }, dim: 1)), next);
    }
}
