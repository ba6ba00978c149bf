//! new Zoo.UNet(3, 2) : randn(1, 3, 32, 32)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>U-Net: skips in a list, transposed convolutions or upsampling, padding to the size of the skip.</summary>
public class UNet : Module<Tensor, Tensor>
{
    private readonly DoubleConv inc;
    private readonly Down down1;
    private readonly Down down2;
    private readonly Up up1;
    private readonly Up up2;
    private readonly OutConv outc;

    public UNet(int n_channels, int n_classes, bool bilinear = false) : base(nameof(UNet))
    {
        var factor = bilinear ? 2 : 1;
        inc = new DoubleConv(n_channels, 16);
        down1 = new Down(16, 32);
        down2 = new Down(32, 64 / factor);
        up1 = new Up(64, 32 / factor, bilinear);
        up2 = new Up(32, 16, bilinear);
        outc = new OutConv(16, n_classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var x1 = inc.forward(x);
        var x2 = down1.forward(x1);
        var x3 = down2.forward(x2);
        x = up1.forward(x3, x2);
        x = up2.forward(x, x1);
        return outc.forward(x);
    }
}

public class DoubleConv : Module<Tensor, Tensor>
{
    private readonly Sequential double_conv;

    public DoubleConv(int in_channels, int out_channels, int? mid_channels = null) : base(nameof(DoubleConv))
    {
        var mid = mid_channels ?? out_channels;
        double_conv = Sequential(
            Conv2d(in_channels, mid, kernel_size: 3, padding: 1, bias: false),
            BatchNorm2d(mid),
            ReLU(inplace: true),
            Conv2d(mid, out_channels, kernel_size: 3, padding: 1, bias: false),
            BatchNorm2d(out_channels),
            ReLU(inplace: true));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => double_conv.forward(x);
}

public class Down : Module<Tensor, Tensor>
{
    private readonly Sequential maxpool_conv;

    public Down(int in_channels, int out_channels) : base(nameof(Down))
    {
        maxpool_conv = Sequential(MaxPool2d(2), new DoubleConv(in_channels, out_channels));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => maxpool_conv.forward(x);
}

public class Up : Module<Tensor, Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> up;
    private readonly DoubleConv conv;

    public Up(int in_channels, int out_channels, bool bilinear) : base(nameof(Up))
    {
        if (bilinear)
        {
            up = Upsample(scale_factor: new double[] { 2, 2 }, mode: UpsampleMode.Bilinear, align_corners: true);
            conv = new DoubleConv(in_channels, out_channels, in_channels / 2);
        }
        else
        {
            up = ConvTranspose2d(in_channels, in_channels / 2, kernel_size: 2, stride: 2);
            conv = new DoubleConv(in_channels, out_channels);
        }

        RegisterComponents();
    }

    public override Tensor forward(Tensor x1, Tensor x2)
    {
        x1 = up.forward(x1);
        var diffY = x2.shape[2] - x1.shape[2];
        var diffX = x2.shape[3] - x1.shape[3];
        x1 = functional.pad(x1, new long[] { diffX / 2, diffX - diffX / 2, diffY / 2, diffY - diffY / 2 });
        var x = torch.cat(new[] { x2, x1 }, dim: 1);
        return conv.forward(x);
    }
}

public class OutConv : Module<Tensor, Tensor>
{
    private readonly Conv2d conv;

    public OutConv(int in_channels, int out_channels) : base(nameof(OutConv))
    {
        conv = Conv2d(in_channels, out_channels, kernel_size: 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => conv.forward(x);
}
