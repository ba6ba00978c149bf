//! new Zoo.Matting() : rand(2, 3, 36, 28)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>
/// Matting of people in films (Lin et al., 2022): an encoder, pooled context, a recurrent decoder.
/// Kinds: own modules and layers in field initialisers with target-typed new, a module whose output is an array and one whose input is an array, an
/// array written from the end, a state that may be null, tuples with a discard, interpolation by factor and by size, splits by number and by array,
/// a helper of any number of tensors.
/// </summary>
public class Matting : Module<Tensor, (Tensor person, Tensor opacity)>
{
    private readonly Stages encoder = new(3);
    private readonly Context context = new(48, 32);
    private readonly Decoder decoder = new();
    private readonly Conv2d last = Conv2d(16, 4, 1);

    public Matting() : base(nameof(Matting))
    {
        RegisterComponents();
    }

    public override (Tensor person, Tensor opacity) forward(Tensor film)
    {
        var scales = encoder.forward(film);
        scales[^1] = context.forward(scales[^1]);
        var (seen, _) = decoder.forward(film, scales, null);

        // The colours are told as a difference to the picture.
        var told = last.forward(seen) + functional.pad(film, new long[] { 0, 0, 0, 0, 0, 1 });
        var parts = told.clamp(0.0, 1.0).split(new long[] { 3, 1 }, dim: 1);
        return (person: parts[0], opacity: parts[1]);
    }
}

internal class Stages : Module<Tensor, Tensor[]>
{
    private readonly ModuleList<Module<Tensor, Tensor>> stages = ModuleList<Module<Tensor, Tensor>>();

    public Stages(int channels) : base(nameof(Stages))
    {
        foreach (var wider in new[] { 16, 32, 48 })
        {
            stages.append(Sequential(
                Conv2d(channels, channels, 3, stride: 2, padding: 1, groups: channels, bias: false),
                BatchNorm2d(channels),
                Conv2d(channels, wider, 1, bias: false),
                BatchNorm2d(wider),
                Hardswish()));
            channels = wider;
        }

        RegisterComponents();
    }

    public override Tensor[] forward(Tensor picture)
    {
        var scales = new Tensor[stages.Count];
        var x = picture;
        for (var i = 0; i < scales.Length; i++)
        {
            scales[i] = x = stages[i].forward(x);
        }

        return scales;
    }
}

// Lite reduced atrous pooling (Howard et al., 2019): the whole picture says how much each channel counts.
internal class Context : Module<Tensor, Tensor>
{
    private readonly Sequential local;
    private readonly Sequential whole;

    public Context(int channels, int kept) : base(nameof(Context))
    {
        whole = Sequential(AdaptiveAvgPool2d(1), Conv2d(channels, kept, 1, bias: false), Sigmoid());
        local = Sequential(Conv2d(channels, kept, 1, bias: false), BatchNorm2d(kept), ReLU(true));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => whole.forward(x) * local.forward(x);
}

// A gated recurrent unit of convolutions (Ballas et al., 2016).
internal class Memory : Module<Tensor, Tensor?, (Tensor, Tensor)>
{
    private readonly int channels;
    private readonly Sequential gates;
    private readonly Sequential candidate;

    public Memory(int channels, int window = 3) : base(nameof(Memory))
    {
        candidate = Sequential(Conv2d(2 * channels, channels, window, padding: window / 2), Tanh());
        gates = Sequential(Conv2d(2 * channels, 2 * channels, window, padding: window / 2), Sigmoid());
        this.channels = channels;
        RegisterComponents();
    }

    public override (Tensor, Tensor) forward(Tensor x, Tensor? kept)
    {
        kept ??= zeros_like(x);
        var both = gates.forward(cat(new[] { x, kept }, dim: 1)).split(channels, dim: 1);
        var (forget, update) = (both[0], both[1]);
        var fresh = candidate.forward(cat(new[] { x, forget * kept }, dim: 1));
        kept = kept + update * (fresh - kept);
        return (kept, kept);
    }
}

internal class Decoder : Module<Tensor, Tensor[], Tensor?, (Tensor, Tensor)>
{
    private readonly Conv2d narrow = Conv2d(32, 16, 1);
    private readonly Memory memory = new(16);
    private readonly Sequential middle;
    private readonly Sequential fine;

    public Decoder() : base(nameof(Decoder))
    {
        middle = Merge(16 + 32, 13);
        fine = Merge(13 + 16 + 3, 16);
        RegisterComponents();
    }

    public override (Tensor, Tensor) forward(Tensor film, Tensor[] scales, Tensor? kept)
    {
        var (x, next) = memory.forward(narrow.forward(scales[2]), kept);
        x = functional.interpolate(x, scale_factor: new double[] { 2, 2 }, mode: InterpolationMode.Bilinear, align_corners: false);

        // Odd sizes were rounded up on the way down.
        var (rows, columns) = ((int)scales[1].shape[2], (int)scales[1].shape[3]);
        var half = middle.forward(Beside(scales[1], x[.., .., ..rows, ..columns]));

        var first = functional.interpolate(scales[0], size: film.shape[2..], mode: InterpolationMode.Bilinear, align_corners: false);
        long[] size = new long[] { film.shape[2], film.shape[3] };
        half = functional.interpolate(half, size, mode: InterpolationMode.Bilinear, align_corners: false);
        return (fine.forward(Beside(film, first, half)), next);
    }

    private static Tensor Beside(params Tensor[] maps) => cat(maps, dim: 1);

    private static Sequential Merge(int from, int to) => Sequential(Conv2d(from, to, 3, padding: 1, bias: false), BatchNorm2d(to), ReLU(true));
}
