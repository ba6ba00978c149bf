//! new Zoo.MlpMixer(16, 4, 12, 2, 5) : randn(2, 3, 16, 16)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

/// <summary>MLP-Mixer: a generic residual block, a nested record of sizes, a block derived from another one.</summary>
public class MlpMixer : Module<Tensor, Tensor>
{
    public record Sizes(int Patches, int Dim, int TokenHidden, int ChannelHidden);

    private readonly Conv2d patches;
    private readonly Sequential mixers;
    private readonly LayerNorm norm;
    private readonly Linear head;

    public MlpMixer(int imageSize, int patchSize, int dim, int depth, int classes) : base("MLPMixer")
    {
        var sizes = new Sizes(imageSize / patchSize * (imageSize / patchSize), dim, dim * 2, dim * 4);
        patches = Conv2d(3, dim, patchSize, stride: patchSize);
        mixers = Sequential(Enumerable.Range(0, depth).Select(i => ($"mixer{i}", (Module<Tensor, Tensor>)new MixerBlock(sizes))));
        norm = LayerNorm(dim);
        head = Linear(dim, classes);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        x = patches.call(x).flatten(2).transpose(1, 2);
        x = norm.call(mixers.call(x));
        return head.call(x.mean(new long[] { 1 }));
    }
}

public class MixerBlock : Module<Tensor, Tensor>
{
    private readonly PreNormResidual<TokenMlp> tokens;
    private readonly PreNormResidual<ChannelMlp> channels;

    public MixerBlock(MlpMixer.Sizes sizes) : base("MixerBlock")
    {
        tokens = new(new TokenMlp(sizes.Patches, sizes.TokenHidden), sizes.Dim);
        channels = new(new ChannelMlp(sizes.Dim, sizes.ChannelHidden), sizes.Dim);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => channels.call(tokens.call(x));
}

public class PreNormResidual<T> : Module<Tensor, Tensor>
    where T : Module<Tensor, Tensor>
{
    private readonly LayerNorm norm;
    private readonly T fn;

    public PreNormResidual(T inner, int dim) : base("PreNormResidual")
    {
        norm = LayerNorm(dim);
        fn = inner;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => fn.call(norm.call(x)) + x;
}

public class ChannelMlp : Module<Tensor, Tensor>
{
    private readonly Linear up;
    private readonly Linear down;

    public ChannelMlp(int dim, int hidden) : base("ChannelMlp")
    {
        up = Linear(dim, hidden);
        down = Linear(hidden, dim);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => down.call(functional.gelu(up.call(x)));
}

public class TokenMlp : ChannelMlp
{
    public TokenMlp(int patches, int hidden) : base(patches, hidden)
    {
    }

    public override Tensor forward(Tensor x) => base.forward(x.transpose(1, 2)).transpose(1, 2);
}
