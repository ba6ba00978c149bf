//! new Zoo.UNet(3, labels: 2) : randn(2, 3, 37, 30)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>
/// U-Net (Ronneberger et al., 2015): down by pooling, up by transposed convolutions, and what was seen on the way down joined on the way up.
/// Kinds: blocks in Sequential with layers, an int that may be missing, a field that is one of two kinds of layer by a setting, padding by an array that is
/// computed from shapes (odd pictures), own modules of two inputs, a local function that makes a layer.
/// </summary>
public class UNet : Module<Tensor, Tensor>
{
    private readonly Twice top;
    private readonly Descend descend1;
    private readonly Descend descend2;
    private readonly Descend descend3;
    private readonly Ascend ascend1;
    private readonly Ascend ascend2;
    private readonly Ascend ascend3;
    private readonly Label label;

    public UNet(int colours, int labels, bool smooth = false) : base("U-Net")
    {
        // Without learnt enlarging the deepest maps keep the channels that the next level wants.
        var halved = smooth ? 1 : 2;
        label = new Label(8, labels);
        top = new Twice(colours, 8);
        descend1 = new Descend(8, 16);
        descend2 = new Descend(16, 32);
        descend3 = new Descend(32, 32 * halved);
        ascend1 = new Ascend(64, 16 * halved, smooth);
        ascend2 = new Ascend(32, 8 * halved, smooth);
        ascend3 = new Ascend(16, 8, smooth);
        RegisterComponents();
    }

    public override Tensor forward(Tensor picture)
    {
        Tensor full = top.forward(picture);
        Tensor half = descend1.forward(full);
        Tensor quarter = descend2.forward(half);
        Tensor deepest = descend3.forward(quarter);
        Tensor maps = ascend1.forward(deepest, quarter);
        maps = ascend2.forward(maps, half);
        maps = ascend3.forward(maps, full);
        return label.forward(maps);
    }
}

public class Twice : Module<Tensor, Tensor>
{
    private readonly Sequential both;

    public Twice(int from, int to, int? between = null) : base(nameof(Twice))
    {
        int middle = between ?? to;
        both = Sequential(
            Look(from, middle), BatchNorm2d(middle), ReLU(inplace: true),
            Look(middle, to), BatchNorm2d(to), ReLU(inplace: true));
        RegisterComponents();

        static Conv2d Look(int from, int to) => Conv2d(from, to, kernel_size: 3, padding: 1, bias: false);
    }

    public override Tensor forward(Tensor x)
    {
        return both.forward(x);
    }
}

public class Descend : Module<Tensor, Tensor>
{
    private readonly Sequential step;

    public Descend(int from, int to) : base(nameof(Descend))
    {
        step = Sequential(MaxPool2d(2), new Twice(from, to));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => step.forward(x);
}

public class Ascend : Module<Tensor, Tensor, Tensor>
{
    private readonly Module<Tensor, Tensor> enlarge;
    private readonly Twice merge;

    public Ascend(int from, int to, bool smooth) : base(nameof(Ascend))
    {
        if (!smooth)
        {
            enlarge = ConvTranspose2d(from, from / 2, kernel_size: 2, stride: 2);
            merge = new Twice(from, to);
        }
        else
        {
            enlarge = Upsample(scale_factor: new double[] { 2, 2 }, mode: UpsampleMode.Bilinear, align_corners: true);
            merge = new Twice(from, to, from / 2);
        }

        RegisterComponents();
    }

    public override Tensor forward(Tensor deep, Tensor wide)
    {
        Tensor large = enlarge.forward(deep);
        var (rows, columns) = (wide.shape[2] - large.shape[2], wide.shape[3] - large.shape[3]);
        var (left, above) = (columns / 2, rows / 2);
        large = functional.pad(large, new long[] { left, columns - left, above, rows - above });
        return merge.forward(torch.cat(new[] { wide, large }, dim: 1));
    }
}

public class Label : Module<Tensor, Tensor>
{
    private readonly Conv2d point;

    public Label(int from, int labels) : base(nameof(Label))
    {
        point = Conv2d(from, labels, kernel_size: 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => point.forward(x);
}
