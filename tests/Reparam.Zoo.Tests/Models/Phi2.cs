//! new Zoo.ParallelDecoder(65, 42, 2, 3) : ints(65, 2, 6)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zoo;

/// <summary>
/// Phi-2 (Javaheripi et al., 2023): attention and the dense middle read the same state, and only a part of each head turns with the place.
/// Kinds: a list built by Select with the index, buffers that are made in a constructor and read by get_buffer, an int as second input, tuples with a null
/// and a discard, an index by a tensor, scaled_dot_product_attention, steps that each are disposed by `using`, a dispose scope in an expression's place.
/// </summary>
public class ParallelDecoder : nn.Module<Tensor, Tensor>
{
    private readonly Embedding embed_tokens;
    private readonly Dropout embed_dropout;
    private readonly ModuleList<ParallelBlock> layers;
    private readonly LayerNorm final_layernorm;
    private readonly Linear lm_head;

    public ParallelDecoder(int words, int width, int depth, int heads, float turning = 0.43f) : base(nameof(ParallelDecoder))
    {
        var blocks = Enumerable.Range(0, depth).Select(number => new ParallelBlock(number, width, heads, turning));
        this.layers = new ModuleList<ParallelBlock>(blocks.ToArray());
        this.lm_head = nn.Linear(width, words);
        this.final_layernorm = nn.LayerNorm(width, eps: 1e-5);
        this.embed_tokens = nn.Embedding(words, width);
        this.embed_dropout = nn.Dropout(0.0);
        RegisterComponents();
    }

    public override Tensor forward(Tensor words)
    {
        var places = torch.arange(0, (int)words.shape[1], device: words.device).unsqueeze(0);
        var state = this.embed_tokens.forward(words);
        state = this.embed_dropout.forward(state);
        for (var number = 0; number < this.layers.Count; number++)
        {
            (state, _) = this.layers[number].forward(state, places);
        }

        state = this.final_layernorm.forward(state);
        return this.lm_head.forward(state);
    }
}

internal class ParallelBlock : nn.Module<Tensor, Tensor, (Tensor, Tensor?)>
{
    private readonly int number;
    private readonly LayerNorm input_layernorm;
    private readonly PartlyTurned self_attn;
    private readonly BentMiddle mlp;
    private readonly Dropout resid_dropout;

    public ParallelBlock(int number, int width, int heads, float turning) : base($"{nameof(ParallelBlock)} {number}")
    {
        this.number = number;
        this.mlp = new BentMiddle(width);
        this.self_attn = new PartlyTurned(width, heads, turning);
        this.resid_dropout = nn.Dropout(0.0);
        this.input_layernorm = nn.LayerNorm(width, eps: 1e-5);
        RegisterComponents();
    }

    public override (Tensor, Tensor?) forward(Tensor state, Tensor places)
    {
        var even = this.input_layernorm.forward(state);
        var sum = state + this.resid_dropout.forward(this.self_attn.forward(even, places));
        return (sum + this.resid_dropout.forward(this.mlp.forward(even)), null);
    }
}

internal class Turning : nn.Module<Tensor, int, (Tensor, Tensor)>
{
    public Turning(int size, int longest = 48, double slowest = 10000) : base(nameof(Turning))
    {
        var share = torch.arange(0, size, 2, dtype: ScalarType.Int64).to(torch.float32) / size;
        var speeds = 1.0 / torch.pow(slowest, share);
        var angles = torch.outer(torch.arange(longest, dtype: speeds.dtype, device: speeds.device), speeds);
        this.register_buffer("cosines", torch.cos(angles).repeat(1, 2), persistent: false);
        this.register_buffer("sines", torch.sin(angles).repeat(1, 2), persistent: false);
        this.register_buffer("inv_freq", speeds, persistent: false);
    }

    public override (Tensor, Tensor) forward(Tensor like, int length)
    {
        return (this.get_buffer("cosines")[..length].to(like.dtype), this.get_buffer("sines")[..length].to(like.dtype));
    }
}

internal class PartlyTurned : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly int heads;
    private readonly int size;
    private readonly int turned;
    private readonly Linear q_proj;
    private readonly Linear k_proj;
    private readonly Linear v_proj;
    private readonly Linear dense;
    private readonly Turning rotary_emb;

    public PartlyTurned(int width, int heads, float turning) : base(nameof(PartlyTurned))
    {
        this.heads = heads;
        this.size = width / heads;
        this.turned = (int)(turning * this.size);
        this.rotary_emb = new Turning(this.turned);
        this.dense = nn.Linear(heads * this.size, width, hasBias: true);
        this.q_proj = nn.Linear(width, heads * this.size, hasBias: true);
        this.k_proj = nn.Linear(width, heads * this.size, hasBias: true);
        this.v_proj = nn.Linear(width, heads * this.size, hasBias: true);
        RegisterComponents();
    }

    public override Tensor forward(Tensor state, Tensor places)
    {
        var batch = state.shape[0];
        var length = state.shape[1];
        var asked = ByHead(q_proj.forward(state), batch, length);
        var known = ByHead(k_proj.forward(state), batch, length);
        var told = ByHead(v_proj.forward(state), batch, length);
        var (cosines, sines) = rotary_emb.forward(told, (int)length);
        (asked, known) = Turned(asked, known, cosines[places].unsqueeze(1), sines[places].unsqueeze(1));
        var answer = nn.functional.scaled_dot_product_attention(asked, known, told, is_casual: true);
        answer = answer.transpose(1, 2).contiguous();
        return dense.forward(answer.reshape(batch, length, heads * size));
    }

    private Tensor ByHead(Tensor x, long batch, long length) => x.view(batch, length, heads, size).transpose(1, 2);

    private (Tensor, Tensor) Turned(Tensor asked, Tensor known, Tensor cosines, Tensor sines)
    {
        Tensor One(Tensor x)
        {
            var moving = x[.., .., .., ..turned];
            var still = x[.., .., .., turned..];
            moving = (moving * cosines) + (Quarter(moving) * sines);
            return torch.cat([moving, still], dim: -1);
        }

        return (One(asked), One(known));
    }

    // A quarter of a turn of each pair, whose second number stands half the size further.
    private static Tensor Quarter(Tensor x)
    {
        var pair = x.chunk(2, dim: -1);
        return torch.cat(new[] { pair[1].neg(), pair[0] }, dim: -1);
    }
}

internal class BentMiddle : nn.Module<Tensor, Tensor>
{
    private readonly Linear fc1;
    private readonly Linear fc2;
    private readonly nn.Module<Tensor, Tensor> bend;

    public BentMiddle(int width) : base(nameof(BentMiddle))
    {
        bend = new TanhGelu();
        (fc1, fc2) = (nn.Linear(width, 4 * width), nn.Linear(4 * width, width));
        RegisterComponents();
    }

    public override Tensor forward(Tensor state)
    {
        using var scope = NewDisposeScope();
        var wide = bend.forward(fc1.forward(state));
        return fc2.forward(wide).MoveToOuterDisposeScope();
    }
}

internal class TanhGelu : nn.Module<Tensor, Tensor>
{
    internal TanhGelu() : base(nameof(TanhGelu))
    {
    }

    public override Tensor forward(Tensor x)
    {
        using var cube = torch.pow(x, 3.0);
        using var weighed = 0.044715 * cube;
        using var sum = x + weighed;
        using var scaled = Math.Sqrt(2.0 / Math.PI) * sum;
        using var bent = torch.tanh(scaled);
        using var open = bent + 1.0;
        using var half = 0.5 * x;
        return half * open;
    }
}
