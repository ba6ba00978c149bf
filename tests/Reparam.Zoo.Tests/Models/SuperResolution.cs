//! new Zoo.SubPixel("sub-pixel", 3) : randn(2, 1, 11, 13)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>
/// A larger picture from channels that become pixels (Shi et al., 2016).
/// Kinds: sizes, strides and padding as tuples by place, orthogonal weights with a computed gain in a private method, PixelShuffle, fields of own type that
/// are not read-only, a device that may be null.
/// </summary>
public class SubPixel : Module<Tensor, Tensor>
{
    private Conv2d wide, middle, narrow, pixels;
    private ReLU relu;
    private PixelShuffle spread;

    public SubPixel(string name, int times, Device device = null) : base(name)
    {
        this.spread = PixelShuffle(times);
        this.relu = ReLU();
        this.wide = Conv2d(1, 16, (5, 5), (1, 1), (2, 2));
        this.middle = Conv2d(16, 16, (3, 3), (1, 1), (1, 1));
        this.narrow = Conv2d(16, 7, (3, 1), (1, 1), (1, 0));
        this.pixels = Conv2d(7, times * times, (3, 3), (1, 1), (1, 1));
        this.RegisterComponents();
        this.StartOrthogonal();

        if (device is { type: not DeviceType.CPU })
        {
            this.to(device);
        }
    }

    public override Tensor forward(Tensor picture)
    {
        Tensor maps = this.relu.forward(this.wide.forward(picture));
        maps = this.relu.forward(this.middle.forward(maps));
        maps = this.relu.forward(this.narrow.forward(maps));
        return this.spread.forward(this.pixels.forward(maps));
    }

    private void StartOrthogonal()
    {
        double gain = init.calculate_gain(init.NonlinearityType.ReLU);
        foreach (Conv2d bent in new[] { wide, middle, narrow })
        {
            init.orthogonal_(bent.weight, gain);
        }

        init.orthogonal_(pixels.weight);
    }
}
