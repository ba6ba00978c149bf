//! new Zoo.WindowedDecoder(new Zoo.WindowedSettings(Words: 67)) : ints(67, 2, 9)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

public sealed record WindowedSettings(
    int Words, int Width = 30, int Inner = 41, int Depth = 2, int Heads = 3, int SharedHeads = 1, int Window = 3, double Slowest = 10000);

/// <summary>
/// Mistral (Jiang et al., 2023): each word sees a window of words before it; several queries share a key.
/// Kinds: the newest C#: a positional record with defaults, collection expressions for lists and arrays, list patterns on shapes and on chunks, a primary
/// constructor, target-typed new, a static local function; masks by operators on bools, fused projections, a private method that returns a tuple.
/// </summary>
public sealed class WindowedDecoder : Module<Tensor, Tensor>
{
    private readonly WindowedSettings settings;
    private readonly Embedding embed_tokens;
    private readonly ModuleList<WindowedBlock> layers = [];
    private readonly Rms norm;
    private readonly Linear lm_head;

    public WindowedDecoder(WindowedSettings settings) : base(nameof(WindowedDecoder))
    {
        this.settings = settings;
        (embed_tokens, lm_head) = (Embedding(settings.Words, settings.Width), Linear(settings.Width, settings.Words, hasBias: false));
        norm = new(settings.Width);
        foreach (var _ in Enumerable.Range(0, settings.Depth))
        {
            layers.Add(new(settings));
        }

        RegisterComponents();
    }

    public override Tensor forward(Tensor words)
    {
        if (words.shape is not [_, var length])
        {
            throw new ArgumentException("expected [batch, length]", nameof(words));
        }

        var window = Window(length, settings.Window);
        var (cosines, sines) = Waves(length);
        var state = embed_tokens.call(words);
        foreach (var layer in layers)
        {
            state = layer.call(state, cosines, sines, window);
        }

        return lm_head.call(norm.call(state));
    }

    private static Tensor Window(long length, int reach)
    {
        var all = ones(length, length, dtype: ScalarType.Bool);
        var seen = all.tril() & all.triu(-reach);
        return zeros(length, length).masked_fill(~seen, float.NegativeInfinity);
    }

    private (Tensor Cosines, Tensor Sines) Waves(long length)
    {
        var pairs = settings.Width / settings.Heads / 2;
        var speeds = pow(settings.Slowest, -arange(pairs, dtype: float32) / pairs);
        var angles = arange(length, dtype: float32).unsqueeze(1) * speeds;
        return (cos(angles), sin(angles));
    }
}

internal sealed class Rms(int width, double epsilon = 1e-5) : Module<Tensor, Tensor>(nameof(Rms))
{
    private readonly Parameter weight = Parameter(ones(width));

    public override Tensor forward(Tensor x) => weight * x * rsqrt(x.square().mean([-1], keepdim: true) + epsilon);
}

internal sealed class WindowedBlock : Module<Tensor, Tensor, Tensor, Tensor, Tensor>
{
    private readonly int[] heads;
    private readonly int headWidth;
    private readonly Linear qkv_proj, o_proj, gate_up_proj, down_proj;
    private readonly Rms input_layernorm, post_attention_layernorm;

    public WindowedBlock(WindowedSettings settings) : base(nameof(WindowedBlock))
    {
        heads = [settings.Heads, settings.SharedHeads, settings.SharedHeads];
        headWidth = settings.Width / settings.Heads;
        (input_layernorm, post_attention_layernorm) = (new(settings.Width), new(settings.Width));
        gate_up_proj = Linear(settings.Width, settings.Inner * 2, hasBias: false);
        down_proj = Linear(settings.Inner, settings.Width, hasBias: false);
        qkv_proj = Linear(settings.Width, heads.Sum() * headWidth, hasBias: false);
        o_proj = Linear(heads[0] * headWidth, settings.Width, hasBias: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor state, Tensor cosines, Tensor sines, Tensor window)
    {
        state += Attended(input_layernorm.call(state), cosines, sines, window);
        return state + Gated(post_attention_layernorm.call(state));
    }

    private Tensor Gated(Tensor state) => gate_up_proj.call(state).chunk(2, dim: -1) is [var gate, var up]
        ? down_proj.call(up * functional.silu(gate))
        : throw new InvalidOperationException("the projection has two halves");

    private Tensor Attended(Tensor state, Tensor cosines, Tensor sines, Tensor window)
    {
        if (state.shape is not [var batch, var length, _])
        {
            throw new ArgumentException("expected [batch, length, width]", nameof(state));
        }

        var all = qkv_proj.call(state).view(batch, length, heads.Sum(), headWidth).transpose(1, 2);
        if (all.split([heads[0], heads[1], heads[2]], dim: 1) is not [var asked, var known, var told])
        {
            throw new InvalidOperationException("the projection has three parts");
        }

        var times = heads[0] / heads[1];
        var keys = Turned(known, cosines, sines).repeat_interleave(times, dim: 1);
        var scores = Turned(asked, cosines, sines).matmul(keys.mT) / Math.Sqrt(headWidth);
        var answer = (scores + window).softmax(-1).matmul(told.repeat_interleave(times, dim: 1));
        return o_proj.call(answer.transpose(1, 2).reshape(batch, length, -1));

        static Tensor Turned(Tensor x, Tensor cosines, Tensor sines)
        {
            var middle = (int)(x.shape[^1] / 2);
            var (left, right) = (x[.., .., .., ..middle], x[.., .., .., middle..]);
            return cat([cosines * left - sines * right, sines * left + cosines * right], dim: -1);
        }
    }
}
