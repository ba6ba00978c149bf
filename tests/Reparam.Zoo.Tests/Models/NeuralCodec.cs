//! new Zoo.SoundCodec(8, 17) : randn(2, 1, 72)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>
/// A codec of sound (Kumar et al., 2023; Zeghidour et al., 2021): strided convolutions, vectors told by tables one after the other, and the way back.
/// Kinds: lists of mixed layers made Sequential as a list and as an array, an array that may be null with a collection expression, lists of modules from a
/// spread, an activation with a parameter, an embedding that is searched as a tensor and read as a layer, max as a tuple, detach, two outputs.
/// </summary>
public class SoundCodec : Module<Tensor, (Tensor sound, Tensor codes)>
{
    private readonly Sequential listen;
    private readonly Tables tables;
    private readonly Sequential speak;

    public SoundCodec(int channels, int entries, int tables = 3, int[]? strides = null) : base(nameof(SoundCodec))
    {
        strides ??= [2, 4];
        var width = channels;
        var down = new List<Module<Tensor, Tensor>> { Conv1d(1, width, 7L, padding: 3L) };
        foreach (var stride in strides)
        {
            down.AddRange(new[] { 1, 3 }.Select(apart => new Wider(width, apart)));
            down.Add(new Waves(width));
            down.Add(Conv1d(width, 2 * width, 2 * stride, stride: stride, padding: stride / 2));
            width *= 2;
        }

        this.tables = new Tables(tables, width, entries, 5);
        listen = Sequential(down);

        var up = new List<Module<Tensor, Tensor>>();
        foreach (var stride in strides.Reverse())
        {
            up.Add(new Waves(width));
            width /= 2;
            up.Add(ConvTranspose1d(2 * width, width, 2 * stride, stride: stride, padding: stride / 2));
        }

        up.AddRange([new Waves(width), Conv1d(width, 1, 7L, padding: 3L), Tanh()]);
        speak = Sequential(up.ToArray());
        RegisterComponents();
    }

    public override (Tensor sound, Tensor codes) forward(Tensor sound)
    {
        var (told, codes) = tables.forward(listen.forward(sound));
        return (speak.forward(told), codes);
    }
}

/// <summary>Snake (Ziyin et al., 2020): a line with waves, whose pace is learnt for each channel.</summary>
public class Waves : Module<Tensor, Tensor>
{
    private readonly Parameter pace;

    public Waves(int channels) : base(nameof(Waves))
    {
        pace = Parameter(ones(1, channels, 1));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var wave = sin(pace * x).pow(2);
        return x + wave * (pace + 1e-9).reciprocal();
    }
}

public class Wider : Module<Tensor, Tensor>
{
    private readonly Sequential steps;

    public Wider(int width, int apart) : base(nameof(Wider))
    {
        var look = Conv1d(width, width, 7L, padding: 3 * apart, dilation: apart);
        var mix = Conv1d(width, width, 1L);
        steps = Sequential(new Waves(width), look, new Waves(width), mix);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => steps.forward(x) + x;
}

public class Tables : Module<Tensor, (Tensor, Tensor)>
{
    private readonly ModuleList<Table> tables;

    public Tables(int count, int width, int entries, int size) : base(nameof(Tables))
    {
        tables = [.. Enumerable.Repeat(entries, count).Select(n => new Table(n, width, size))];
        RegisterComponents();
    }

    public override (Tensor, Tensor) forward(Tensor x)
    {
        // Each table tells what those before it left.
        var (left, told) = (x, zeros_like(x));
        var codes = new List<Tensor>(tables.Count);
        foreach (var table in tables)
        {
            var (part, code) = table.forward(left);
            (left, told) = (left - part, told + part);
            codes.Add(code);
        }

        return (told, stack(codes, dim: 1));
    }
}

public class Table : Module<Tensor, (Tensor, Tensor)>
{
    private readonly Conv1d narrow;
    private readonly Embedding entries;
    private readonly Conv1d widen;

    public Table(int count, int width, int size) : base(nameof(Table))
    {
        widen = Conv1d(size, width, 1L);
        entries = Embedding(count, size);
        narrow = Conv1d(width, size, 1L);
        RegisterComponents();
    }

    public override (Tensor, Tensor) forward(Tensor x)
    {
        var place = narrow.forward(x);
        var known = functional.normalize(entries.weight!);
        var asked = functional.normalize(place.transpose(1, 2).flatten(0, 1));

        // The nearest entry has the largest -|a - b|^2 = 2 a b - |a|^2 - |b|^2.
        var near = asked.matmul(known.t()) * 2 - asked.pow(2).sum(1, keepdim: true) - known.pow(2).sum(1, keepdim: true).t();
        var (_, best) = near.max(1);
        var codes = best.view(place.shape[0], -1);
        var entry = entries.forward(codes).transpose(1, 2);

        // Training goes past the choice as if there were none.
        return (widen.forward(place + (entry - place).detach()), codes);
    }
}
