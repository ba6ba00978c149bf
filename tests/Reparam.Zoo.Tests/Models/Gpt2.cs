//! new Zoo.Gpt2(new Zoo.Gpt2Config { VocabSize = 60, BlockSize = 16 }) : ints(60, 2, 9)
using System.Linq;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo;

public record Gpt2Config
{
    public int VocabSize { get; init; } = 50257;

    public int BlockSize { get; init; } = 1024;

    public int Layers { get; init; } = 2;

    public int Heads { get; init; } = 4;

    public int Width { get; init; } = 32;

    public double Dropout { get; init; } = 0.1;
}

/// <summary>GPT-2: a ModuleDict, a head tied to the embedding, a mask as a buffer, weights initialised by apply, sampling beside the forward.</summary>
public class Gpt2 : Module<Tensor, Tensor>
{
    private readonly Gpt2Config config;
    private readonly ModuleDict<Module<Tensor, Tensor>> transformer;
    private readonly ModuleList<Gpt2Block> h;
    private readonly Linear lm_head;

    public Gpt2(Gpt2Config config) : base(nameof(Gpt2))
    {
        this.config = config;
        transformer = ModuleDict<Module<Tensor, Tensor>>(
            ("wte", Embedding(config.VocabSize, config.Width)),
            ("wpe", Embedding(config.BlockSize, config.Width)),
            ("drop", Dropout(config.Dropout)),
            ("ln_f", LayerNorm(config.Width)));
        h = new ModuleList<Gpt2Block>(Enumerable.Range(0, config.Layers).Select(_ => new Gpt2Block(config)).ToArray());
        lm_head = Linear(config.Width, config.VocabSize, hasBias: false);
        lm_head.weight = ((Embedding)transformer["wte"]).weight;
        RegisterComponents();
        apply(InitWeights);
    }

    private void InitWeights(Module module)
    {
        if (module is Linear linear)
        {
            init.normal_(linear.weight, mean: 0.0, std: 0.02);
            if (linear.bias is not null)
            {
                init.zeros_(linear.bias);
            }
        }
        else if (module is Embedding embedding)
        {
            init.normal_(embedding.weight, mean: 0.0, std: 0.02);
        }
    }

    public override Tensor forward(Tensor idx)
    {
        var (b, t) = (idx.shape[0], idx.shape[1]);
        if (t > config.BlockSize)
        {
            throw new ArgumentException($"Cannot forward sequence of length {t}, block size is only {config.BlockSize}");
        }

        var pos = arange(0, t, dtype: int64, device: idx.device).unsqueeze(0);
        var tokEmb = transformer["wte"].call(idx);
        var posEmb = transformer["wpe"].call(pos);
        var x = transformer["drop"].call(tokEmb + posEmb);
        foreach (var block in h)
        {
            x = block.call(x);
        }

        x = transformer["ln_f"].call(x);
        return lm_head.call(x);
    }

    public Tensor Generate(Tensor idx, int maxNewTokens, double temperature = 1.0)
    {
        using var noGradient = no_grad();
        for (var i = 0; i < maxNewTokens; i++)
        {
            var cropped = idx.size(1) <= config.BlockSize ? idx : idx[.., (int)(idx.size(1) - config.BlockSize)..];
            var logits = call(cropped)[.., -1, ..] / temperature;
            var probs = functional.softmax(logits, dim: -1);
            var next = multinomial(probs, 1);
            idx = cat(new[] { idx, next }, dim: 1);
        }

        return idx;
    }
}

public class Gpt2Attention : Module<Tensor, Tensor>
{
    private readonly Linear c_attn;
    private readonly Linear c_proj;
    private readonly Dropout attn_dropout;
    private readonly Tensor bias;
    private readonly int n_head;
    private readonly int n_embd;

    public Gpt2Attention(Gpt2Config config) : base(nameof(Gpt2Attention))
    {
        n_head = config.Heads;
        n_embd = config.Width;
        c_attn = Linear(n_embd, 3 * n_embd);
        c_proj = Linear(n_embd, n_embd);
        attn_dropout = Dropout(config.Dropout);
        bias = tril(ones(config.BlockSize, config.BlockSize)).view(1, 1, config.BlockSize, config.BlockSize);
        register_buffer("bias", bias, persistent: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var (B, T, C) = (x.size(0), x.size(1), x.size(2));
        var parts = c_attn.call(x).split(n_embd, dim: 2);
        var q = parts[0].view(B, T, n_head, C / n_head).transpose(1, 2);
        var k = parts[1].view(B, T, n_head, C / n_head).transpose(1, 2);
        var v = parts[2].view(B, T, n_head, C / n_head).transpose(1, 2);
        var att = q.matmul(k.transpose(-2, -1)) * (1.0 / Math.Sqrt(k.size(-1)));
        att = att.masked_fill(bias[.., .., ..(int)T, ..(int)T] == 0, float.NegativeInfinity);
        att = functional.softmax(att, dim: -1);
        att = attn_dropout.call(att);
        var y = att.matmul(v).transpose(1, 2).contiguous().view(B, T, C);
        return c_proj.call(y);
    }
}

public class Gpt2Mlp : Module<Tensor, Tensor>
{
    private readonly Linear c_fc;
    private readonly Linear c_proj;
    private readonly Dropout dropout;

    public Gpt2Mlp(Gpt2Config config) : base(nameof(Gpt2Mlp))
    {
        c_fc = Linear(config.Width, 4 * config.Width);
        c_proj = Linear(4 * config.Width, config.Width);
        dropout = Dropout(config.Dropout);
        RegisterComponents();
    }

    // The tanh approximation of GELU, as GPT-2 has it.
    private static Tensor NewGelu(Tensor x) => 0.5 * x * (1.0 + tanh(Math.Sqrt(2.0 / Math.PI) * (x + 0.044715 * pow(x, 3.0))));

    public override Tensor forward(Tensor x) => dropout.call(c_proj.call(NewGelu(c_fc.call(x))));
}

public class Gpt2Block : Module<Tensor, Tensor>
{
    private readonly LayerNorm ln_1;
    private readonly Gpt2Attention attn;
    private readonly LayerNorm ln_2;
    private readonly Gpt2Mlp mlp;

    public Gpt2Block(Gpt2Config config) : base(nameof(Gpt2Block))
    {
        ln_1 = LayerNorm(config.Width);
        attn = new Gpt2Attention(config);
        ln_2 = LayerNorm(config.Width);
        mlp = new Gpt2Mlp(config);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        x = x + attn.call(ln_1.call(x));
        return x + mlp.call(ln_2.call(x));
    }
}
