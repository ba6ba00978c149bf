//! new Zoo.Gpt2(new Zoo.Gpt2Settings { Words = 61, Longest = 13 }) : ints(61, 2, 9)
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

public record Gpt2Settings
{
    public int Words { get; init; } = 50257;

    public int Longest { get; init; } = 1024;

    public int Depth { get; init; } = 2;

    public int Heads { get; init; } = 3;

    public int Width { get; init; } = 33;

    public double Drop { get; init; } = 0.1;

    public int HeadWidth => Width / Heads;
}

/// <summary>
/// GPT-2 (Radford et al., 2019): a causal transformer whose head is its table of words.
/// Kinds: a record of settings with init properties, a ModuleDict with a cast of one of its elements, a list made by Select, a tied weight, a mask as a
/// buffer that is not kept, apply with a method of the class, slices by ranges, sampling beside the forward under no_grad.
/// </summary>
public class Gpt2 : Module<Tensor, Tensor>
{
    private readonly Gpt2Settings settings;
    private readonly ModuleDict<Module<Tensor, Tensor>> transformer;
    private readonly ModuleList<CausalBlock> h;
    private readonly Linear lm_head;

    public Gpt2(Gpt2Settings settings) : base("GPT-2")
    {
        this.settings = settings;
        h = new ModuleList<CausalBlock>(Enumerable.Range(0, settings.Depth).Select(_ => new CausalBlock(settings)).ToArray());
        transformer = ModuleDict<Module<Tensor, Tensor>>(
            ("ln_f", LayerNorm(settings.Width)),
            ("drop", Dropout(settings.Drop)),
            ("wpe", Embedding(settings.Longest, settings.Width)),
            ("wte", Embedding(settings.Words, settings.Width)));
        lm_head = Linear(settings.Width, settings.Words, hasBias: false);
        var words = (Embedding)transformer["wte"];
        lm_head.weight = words.weight;
        RegisterComponents();
        apply(StartWeights);
    }

    public override Tensor forward(Tensor words)
    {
        var length = words.shape[1];
        if (length > settings.Longest)
        {
            throw new ArgumentException($"a text of {length} words; the positions end at {settings.Longest}", nameof(words));
        }

        var places = arange(0, length, dtype: int64, device: words.device).unsqueeze(0);
        var state = transformer["wte"].call(words) + transformer["wpe"].call(places);
        state = transformer["drop"].call(state);
        foreach (var block in h)
        {
            state = block.call(state);
        }

        return lm_head.call(transformer["ln_f"].call(state));
    }

    /// <summary>Continues a text.</summary>
    public Tensor Continue(Tensor text, int count, double heat = 1.0)
    {
        using (no_grad())
        {
            while (count-- > 0)
            {
                var start = (int)Math.Max(0, text.size(1) - settings.Longest);
                var chances = functional.softmax(call(text[.., start..])[.., -1, ..] / heat, dim: -1);
                text = cat(new[] { text, multinomial(chances, 1) }, dim: 1);
            }
        }

        return text;
    }

    private void StartWeights(Module part)
    {
        if (part is Embedding table)
        {
            init.normal_(table.weight, mean: 0.0, std: 0.02);
        }
        else if (part is Linear dense)
        {
            init.normal_(dense.weight, mean: 0.0, std: 0.02);
            if (dense.bias is not null)
            {
                init.zeros_(dense.bias);
            }
        }
    }
}

public class CausalBlock : Module<Tensor, Tensor>
{
    private readonly LayerNorm ln_1;
    private readonly CausalAttention attn;
    private readonly LayerNorm ln_2;
    private readonly WideMiddle mlp;

    public CausalBlock(Gpt2Settings settings) : base("Block")
    {
        (ln_1, ln_2) = (LayerNorm(settings.Width), LayerNorm(settings.Width));
        (attn, mlp) = (new CausalAttention(settings), new WideMiddle(settings));
        RegisterComponents();
    }

    public override Tensor forward(Tensor state)
    {
        var attended = state + attn.call(ln_1.call(state));
        return attended + mlp.call(ln_2.call(attended));
    }
}

public class CausalAttention : Module<Tensor, Tensor>
{
    private readonly Gpt2Settings settings;
    private readonly Linear c_attn;
    private readonly Linear c_proj;
    private readonly Dropout drop;
    private readonly Tensor bias;

    public CausalAttention(Gpt2Settings settings) : base("Attention")
    {
        this.settings = settings;
        drop = Dropout(settings.Drop);
        c_proj = Linear(settings.Width, settings.Width);
        c_attn = Linear(settings.Width, settings.Width * 3);
        // 1 where a word may look; the published checkpoints call it a bias.
        bias = tril(ones(settings.Longest, settings.Longest)).view(1, 1, settings.Longest, settings.Longest);
        register_buffer("bias", bias, persistent: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor state)
    {
        var (batch, length) = (state.size(0), state.size(1));
        var parts = c_attn.call(state).split(settings.Width, dim: 2);
        var scores = ByHead(parts[0]).matmul(ByHead(parts[1]).transpose(-2, -1)) * (1.0 / Math.Sqrt(settings.HeadWidth));
        var seen = bias[.., .., ..(int)length, ..(int)length];
        scores = scores.masked_fill(seen == 0, float.NegativeInfinity);
        var shares = drop.call(functional.softmax(scores, dim: -1));
        var mixed = shares.matmul(ByHead(parts[2])).transpose(1, 2).contiguous();
        return c_proj.call(mixed.view(batch, length, settings.Width));

        Tensor ByHead(Tensor part) => part.view(batch, length, settings.Heads, settings.HeadWidth).transpose(1, 2);
    }
}

public class WideMiddle : Module<Tensor, Tensor>
{
    private static readonly double Slope = Math.Sqrt(2.0 / Math.PI);

    private readonly Linear c_fc;
    private readonly Linear c_proj;
    private readonly Dropout drop;

    public WideMiddle(Gpt2Settings settings) : base("MLP")
    {
        c_fc = Linear(settings.Width, settings.Width * 4);
        c_proj = Linear(settings.Width * 4, settings.Width);
        drop = Dropout(settings.Drop);
        RegisterComponents();
    }

    public override Tensor forward(Tensor state)
    {
        var wide = c_fc.call(state);
        // The approximation of GELU by tanh (Hendrycks and Gimpel, 2016).
        var bent = 0.5 * wide * (1.0 + tanh(Slope * (wide + 0.044715 * pow(wide, 3.0))));
        return drop.call(c_proj.call(bent));
    }
}
