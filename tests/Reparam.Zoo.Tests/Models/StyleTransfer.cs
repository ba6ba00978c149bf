//! new Zoo.StyleTransfer() : randn(1, 3, 20, 20)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>Fast style transfer: reflection padding, instance norm, residual blocks, nearest upsampling.</summary>
public class StyleTransfer : Module<Tensor, Tensor>
{
    private readonly StyleConv conv1 = new StyleConv(3, 8, 9, 1);
    private readonly InstanceNorm2d in1 = InstanceNorm2d(8, affine: true);
    private readonly StyleConv conv2 = new StyleConv(8, 16, 3, 2);
    private readonly InstanceNorm2d in2 = InstanceNorm2d(16, affine: true);
    private readonly StyleResidual res1 = new StyleResidual(16);
    private readonly StyleUpsample deconv1 = new StyleUpsample(16, 8, 3, 1, upsample: 2);
    private readonly InstanceNorm2d in3 = InstanceNorm2d(8, affine: true);
    private readonly StyleConv deconv2 = new StyleConv(8, 3, 9, 1);
    private readonly ReLU relu = ReLU();

    public StyleTransfer() : base("TransformerNet")
    {
        RegisterComponents();
    }

    public override Tensor forward(Tensor X)
    {
        var y = relu.forward(in1.forward(conv1.forward(X)));
        y = relu.forward(in2.forward(conv2.forward(y)));
        y = res1.forward(y);
        y = relu.forward(in3.forward(deconv1.forward(y)));
        return deconv2.forward(y);
    }
}

public class StyleConv : Module<Tensor, Tensor>
{
    private readonly ReflectionPad2d reflection_pad;
    private readonly Conv2d conv2d;

    public StyleConv(long in_channels, long out_channels, long kernel_size, long stride) : base("ConvLayer")
    {
        var padding = (long)Math.Floor(kernel_size / 2.0);
        reflection_pad = ReflectionPad2d(padding);
        conv2d = Conv2d(in_channels, out_channels, kernel_size, stride);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => conv2d.forward(reflection_pad.forward(x));
}

public class StyleResidual : Module<Tensor, Tensor>
{
    private readonly StyleConv conv1;
    private readonly InstanceNorm2d in1;
    private readonly StyleConv conv2;
    private readonly InstanceNorm2d in2;

    public StyleResidual(long channels) : base("ResidualBlock")
    {
        conv1 = new StyleConv(channels, channels, kernel_size: 3, stride: 1);
        in1 = InstanceNorm2d(channels, affine: true);
        conv2 = new StyleConv(channels, channels, kernel_size: 3, stride: 1);
        in2 = InstanceNorm2d(channels, affine: true);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var residual = x;
        var output = functional.relu(in1.forward(conv1.forward(x)));
        return in2.forward(conv2.forward(output)) + residual;
    }
}

public class StyleUpsample : Module<Tensor, Tensor>
{
    private readonly int? upsample;
    private readonly Module<Tensor, Tensor> reflection_pad;
    private readonly Conv2d conv2d;

    public StyleUpsample(long in_channels, long out_channels, long kernel_size, long stride, int? upsample = null) : base("UpsampleConvLayer")
    {
        this.upsample = upsample;
        reflection_pad = ReflectionPad2d(kernel_size / 2);
        conv2d = Conv2d(in_channels, out_channels, kernel_size, stride);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        if (upsample.HasValue)
        {
            x = functional.interpolate(x, mode: InterpolationMode.Nearest, scale_factor: new double[] { upsample.Value, upsample.Value });
        }

        return conv2d.forward(reflection_pad.forward(x));
    }
}
