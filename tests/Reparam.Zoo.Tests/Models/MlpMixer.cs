//! new Zoo.MlpMixer(picture: 15, patch: 5, width: 14, depth: 3, labels: 5) : randn(2, 3, 15, 15)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>
/// MLP-Mixer (Tolstikhin et al., 2021): dense layers over the places and dense layers over the channels.
/// Kinds: a generic module with a constraint that takes a module, a record nested in a module, a block derived from another that calls base.forward,
/// a Sequential of an enumerable of named modules with a cast, target-typed new of a generic class.
/// </summary>
public class MlpMixer : Module<Tensor, Tensor>
{
    public record Extent(int Places, int Width)
    {
        public int Across => Places * 2 + 1;

        public int Along => Width * 4;
    }

    private readonly Conv2d cut;
    private readonly Sequential mix;
    private readonly LayerNorm even;
    private readonly Linear scores;

    public MlpMixer(int picture, int patch, int width, int depth, int labels) : base(nameof(MlpMixer))
    {
        var side = picture / patch;
        var extent = new Extent(side * side, width);
        mix = Sequential(Enumerable.Range(1, depth).Select(i => ($"round{i}", (Module<Tensor, Tensor>)new Round(extent))));
        (cut, even, scores) = (Conv2d(3, width, patch, stride: patch), LayerNorm(width), Linear(width, labels));
        RegisterComponents();
    }

    public override Tensor forward(Tensor pictures)
    {
        var places = cut.call(pictures).flatten(2).transpose(1, 2);
        var mixed = even.call(mix.call(places));
        return scores.call(mixed.mean(new long[] { 1 }));
    }
}

public class Round : Module<Tensor, Tensor>
{
    private readonly Added<Across> across;
    private readonly Added<Along> along;

    public Round(MlpMixer.Extent extent) : base(nameof(Round))
    {
        along = new(extent.Width, new Along(extent.Width, extent.Along));
        across = new(extent.Width, new Across(extent.Places, extent.Across));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => along.call(across.call(x));
}

public class Added<TInner> : Module<Tensor, Tensor>
    where TInner : Module<Tensor, Tensor>
{
    private readonly TInner inner;
    private readonly LayerNorm even;

    public Added(int width, TInner inner) : base("Added")
    {
        this.inner = inner;
        even = LayerNorm(width);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        return x + inner.call(even.call(x));
    }
}

public class Along : Module<Tensor, Tensor>
{
    private readonly Linear widen;
    private readonly Linear narrow;

    public Along(int size, int wide) : base("Along")
    {
        narrow = Linear(wide, size);
        widen = Linear(size, wide);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        return narrow.call(functional.gelu(widen.call(x)));
    }
}

public class Across : Along
{
    public Across(int places, int wide) : base(places, wide)
    {
    }

    public override Tensor forward(Tensor x)
    {
        var turned = x.transpose(1, 2);
        return base.forward(turned).transpose(1, 2);
    }
}
