//! new Zoo.StylePainter() : randn(2, 3, 18, 22)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>
/// A network that paints a picture in one style (Johnson et al., 2016; Ulyanov et al., 2016).
/// Kinds: own modules and norms all in field initialisers, reflection padding, instance norms with weights, interpolation by an optional number, one
/// activation used many times, named arguments in any order, a size computed with Math.
/// </summary>
public class StylePainter : Module<Tensor, Tensor>
{
    private readonly Mirrored draw = new Mirrored(3, 8, window: 9, step: 1);
    private readonly InstanceNorm2d drawNorm = InstanceNorm2d(8, affine: true);
    private readonly Mirrored halve = new Mirrored(8, 16, window: 3, step: 2);
    private readonly InstanceNorm2d halveNorm = InstanceNorm2d(16, affine: true);
    private readonly Repaint repaint1 = new Repaint(16);
    private readonly Repaint repaint2 = new Repaint(16);
    private readonly Enlarge enlarge = new Enlarge(16, 8, window: 3, times: 2);
    private readonly InstanceNorm2d enlargeNorm = InstanceNorm2d(8, affine: true);
    private readonly Mirrored colour = new Mirrored(8, 3, step: 1, window: 9);
    private readonly ReLU relu = ReLU();

    public StylePainter() : base("Painter in one style")
    {
        RegisterComponents();
    }

    public override Tensor forward(Tensor picture)
    {
        var x = relu.forward(drawNorm.forward(draw.forward(picture)));
        x = relu.forward(halveNorm.forward(halve.forward(x)));
        x = repaint2.forward(repaint1.forward(x));
        x = relu.forward(enlargeNorm.forward(enlarge.forward(x)));
        return colour.forward(x);
    }
}

public class Mirrored : Module<Tensor, Tensor>
{
    private readonly ReflectionPad2d mirror;
    private readonly Conv2d look;

    public Mirrored(long from, long to, long window, long step) : base(nameof(Mirrored))
    {
        look = Conv2d(from, to, window, step);
        mirror = ReflectionPad2d((long)Math.Truncate(window * 0.5));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => look.forward(mirror.forward(x));
}

public class Repaint : Module<Tensor, Tensor>
{
    private readonly Mirrored first;
    private readonly InstanceNorm2d firstNorm;
    private readonly Mirrored second;
    private readonly InstanceNorm2d secondNorm;

    public Repaint(long channels) : base(nameof(Repaint))
    {
        (firstNorm, secondNorm) = (InstanceNorm2d(channels, affine: true), InstanceNorm2d(channels, affine: true));
        first = new Mirrored(from: channels, to: channels, window: 3, step: 1);
        second = new Mirrored(from: channels, to: channels, window: 3, step: 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var change = firstNorm.forward(first.forward(x));
        change = secondNorm.forward(second.forward(functional.relu(change)));
        return x + change;
    }
}

public class Enlarge : Module<Tensor, Tensor>
{
    private readonly int? times;
    private readonly Module<Tensor, Tensor> mirror;
    private readonly Conv2d look;

    public Enlarge(long from, long to, long window, long step = 1, int? times = null) : base(nameof(Enlarge))
    {
        mirror = ReflectionPad2d(window / 2);
        look = Conv2d(from, to, window, step);
        this.times = times;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        // Repeated pixels under a convolution leave no chequered pattern (Odena et al., 2016).
        var large = times.HasValue
            ? functional.interpolate(x, scale_factor: new double[] { times.Value, times.Value }, mode: InterpolationMode.Nearest)
            : x;
        return look.forward(mirror.forward(large));
    }
}
