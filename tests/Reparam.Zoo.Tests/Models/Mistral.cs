//! new Zoo.Mistral(new Zoo.MistralConfig(Vocabulary: 64)) : ints(64, 1, 9)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

public sealed record MistralConfig(
    int Vocabulary, int Dim = 24, int Hidden = 40, int Layers = 2, int Heads = 4, int KeyValueHeads = 2, int Window = 4, double Theta = 10000);

/// <summary>Mistral: a sliding window in the mask, grouped queries, a fused projection, all written in the newest C#.</summary>
public sealed class Mistral : Module<Tensor, Tensor>
{
    private readonly MistralConfig config;
    private readonly Embedding embed_tokens;
    private readonly ModuleList<MistralLayer> layers = [];
    private readonly MistralNorm norm;
    private readonly Linear lm_head;

    public Mistral(MistralConfig config) : base(nameof(Mistral))
    {
        this.config = config;
        embed_tokens = Embedding(config.Vocabulary, config.Dim);
        for (var i = 0; i < config.Layers; i++)
        {
            layers.Add(new(config));
        }

        norm = new(config.Dim);
        lm_head = Linear(config.Dim, config.Vocabulary, hasBias: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor ids)
    {
        var length = ids.shape[1];
        var x = embed_tokens.call(ids);
        var (cos, sin) = Frequencies(length);
        var mask = SlidingMask(length, config.Window);
        foreach (var layer in layers)
        {
            x = layer.call(x, cos, sin, mask);
        }

        return lm_head.call(norm.call(x));
    }

    private (Tensor Cos, Tensor Sin) Frequencies(long length)
    {
        var half = config.Dim / config.Heads / 2;
        var inverse = pow(config.Theta, -arange(half, dtype: float32) / half);
        var angles = arange(length, dtype: float32).unsqueeze(1) * inverse.unsqueeze(0);
        return (angles.cos(), angles.sin());
    }

    private static Tensor SlidingMask(long length, int window)
    {
        var allowed = ones(length, length, dtype: ScalarType.Bool).tril() & ones(length, length, dtype: ScalarType.Bool).triu(-window);
        return zeros(length, length).masked_fill(~allowed, float.NegativeInfinity);
    }
}

internal sealed class MistralNorm(int dim, double eps = 1e-5) : Module<Tensor, Tensor>(nameof(MistralNorm))
{
    private readonly Parameter weight = Parameter(ones(dim));

    public override Tensor forward(Tensor x) => x * rsqrt(x.square().mean([-1], keepdim: true) + eps) * weight;
}

internal sealed class MistralLayer : Module<Tensor, Tensor, Tensor, Tensor, Tensor>
{
    private readonly int heads, keyValueHeads, size;
    private readonly Linear qkv_proj, o_proj, gate_up_proj, down_proj;
    private readonly MistralNorm input_layernorm, post_attention_layernorm;

    public MistralLayer(MistralConfig config) : base(nameof(MistralLayer))
    {
        (heads, keyValueHeads, size) = (config.Heads, config.KeyValueHeads, config.Dim / config.Heads);
        qkv_proj = Linear(config.Dim, (heads + 2 * keyValueHeads) * size, hasBias: false);
        o_proj = Linear(heads * size, config.Dim, hasBias: false);
        gate_up_proj = Linear(config.Dim, 2 * config.Hidden, hasBias: false);
        down_proj = Linear(config.Hidden, config.Dim, hasBias: false);
        input_layernorm = new(config.Dim);
        post_attention_layernorm = new(config.Dim);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x, Tensor cos, Tensor sin, Tensor mask)
    {
        x += Attend(input_layernorm.call(x), cos, sin, mask);
        return x + FeedForward(post_attention_layernorm.call(x));
    }

    private Tensor Attend(Tensor x, Tensor cos, Tensor sin, Tensor mask)
    {
        if (x.shape is not [var batch, var length, _])
        {
            throw new ArgumentException("expected [batch, length, width]", nameof(x));
        }

        var parts = qkv_proj.call(x).view(batch, length, heads + 2 * keyValueHeads, size).transpose(1, 2)
            .split([heads, keyValueHeads, keyValueHeads], dim: 1);
        var (q, k, v) = (Rotate(parts[0], cos, sin), Rotate(parts[1], cos, sin), parts[2]);
        var groups = heads / keyValueHeads;
        k = k.repeat_interleave(groups, dim: 1);
        v = v.repeat_interleave(groups, dim: 1);
        var scores = q.matmul(k.mT) / Math.Sqrt(size) + mask;
        var output = scores.softmax(-1).matmul(v).transpose(1, 2).reshape(batch, length, -1);
        return o_proj.call(output);

        static Tensor Rotate(Tensor t, Tensor cos, Tensor sin)
        {
            var half = (int)t.shape[^1] / 2;
            var (a, b) = (t[.., .., .., ..half], t[.., .., .., half..]);
            return cat([a * cos - b * sin, b * cos + a * sin], dim: -1);
        }
    }

    private Tensor FeedForward(Tensor x)
    {
        return gate_up_proj.call(x).chunk(2, dim: -1) is [var gate, var up]
            ? down_proj.call(functional.silu(gate) * up)
            : throw new InvalidOperationException();
    }
}
