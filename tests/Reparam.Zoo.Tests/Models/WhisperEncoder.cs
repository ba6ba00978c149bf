//! new Zoo.SpeechToText(bands: 9, width: 48, heads: 3, depth: 2, words: 43) : randn(2, 9, 21), ints(43, 2, 5)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Zoo;

/// <summary>
/// Speech to text in the shape of Whisper (Radford et al., 2022): a transformer over a spectrogram, and one that writes while it looks at the first.
/// Kinds: optional inputs given by name, modules that may be null by a setting, a keyword as name of a layer, waves as a buffer read by its name, a mask in a
/// plain field, places as a parameter made by init, ranges on parameters, an embedding that is also the head as a tensor, `@float`.
/// </summary>
public class SpeechToText : Module<Tensor, Tensor, Tensor>
{
    private readonly Listener encoder;
    private readonly Typist decoder;

    public SpeechToText(int bands, int width, int heads, int depth, int words) : base("Speech to text")
    {
        decoder = new Typist(words, 14, width, heads, depth);
        encoder = new Listener(bands, 30, width, heads, depth);
        RegisterComponents();
    }

    public override Tensor forward(Tensor sound, Tensor text)
    {
        var heard = encoder.forward(sound);
        return decoder.forward(text, heard);
    }
}

public class Listener : Module<Tensor, Tensor>
{
    private readonly Conv1d conv1;
    private readonly Conv1d conv2;
    private readonly ModuleList<Attentive> blocks;
    private readonly LayerNorm ln_post;

    public Listener(int bands, int longest, int width, int heads, int depth) : base(nameof(Listener))
    {
        ln_post = LayerNorm(width);
        blocks = ModuleList(Enumerable.Repeat(false, depth).Select(listens => new Attentive(width, heads, listens)).ToArray());
        conv1 = Conv1d(bands, width, 3L, padding: 1L);
        conv2 = Conv1d(width, width, 3L, padding: 1L, stride: 2L);
        register_buffer("positional_embedding", Waves(longest, width / 2));
        RegisterComponents();
    }

    public override Tensor forward(Tensor sound)
    {
        var x = F.gelu(conv2.forward(F.gelu(conv1.forward(sound)))).permute(0, 2, 1);
        var places = get_buffer("positional_embedding")[..(int)x.shape[1]];
        x = (places + x).to(x.dtype);
        foreach (var block in blocks)
        {
            x = block.forward(x);
        }

        return ln_post.forward(x);
    }

    // Sines, then cosines, whose lengths grow from one step to the slowest (Vaswani et al., 2017).
    private static Tensor Waves(int places, int pairs, double slowest = 10000)
    {
        var speeds = exp(arange(pairs) * (-Math.Log(slowest) / (pairs - 1)));
        var angles = arange(places).unsqueeze(1) * speeds.unsqueeze(0);
        return cat(new[] { sin(angles), cos(angles) }, dim: 1);
    }
}

public class Typist : Module<Tensor, Tensor, Tensor>
{
    private readonly Embedding token_embedding;
    private readonly Parameter positional_embedding;
    private readonly ModuleList<Attentive> blocks;
    private readonly LayerNorm ln;
    private readonly Tensor later;

    public Typist(int words, int longest, int width, int heads, int depth) : base(nameof(Typist))
    {
        later = full(longest, longest, float.NegativeInfinity).triu(1);
        positional_embedding = Parameter(empty(longest, width));
        init.normal_(positional_embedding, std: 0.03);
        token_embedding = Embedding(words, width);
        ln = LayerNorm(width);
        blocks = ModuleList(Enumerable.Repeat(true, depth).Select(listens => new Attentive(width, heads, listens)).ToArray());
        RegisterComponents();
    }

    public override Tensor forward(Tensor text, Tensor heard)
    {
        var x = positional_embedding[..(int)text.shape[^1]] + token_embedding.forward(text);
        foreach (var block in blocks)
        {
            x = block.forward(x, heard, later: later);
        }

        var table = token_embedding.weight!.transpose(0, 1);
        return ln.forward(x).matmul(table).@float();
    }
}

public class Attentive : Module<Tensor, Tensor?, Tensor?, Tensor>
{
    private readonly Headed attn;
    private readonly LayerNorm attn_ln;
    private readonly Headed? cross_attn;
    private readonly LayerNorm? cross_attn_ln;
    private readonly Sequential mlp;
    private readonly LayerNorm mlp_ln;

    public Attentive(int width, int heads, bool listens) : base(nameof(Attentive))
    {
        mlp = Sequential(Linear(width, width * 3), GELU(), Linear(width * 3, width));
        mlp_ln = LayerNorm(width);
        attn = new Headed(width, heads);
        attn_ln = LayerNorm(width);
        cross_attn_ln = listens ? LayerNorm(width) : null;
        cross_attn = listens ? new Headed(width, heads) : null;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x, Tensor? heard = null, Tensor? later = null)
    {
        var seen = x + attn.forward(attn_ln.forward(x), later: later);
        if (cross_attn is { } listen)
        {
            seen = seen + listen.forward(cross_attn_ln!.forward(seen), heard);
        }

        return seen + mlp.forward(mlp_ln.forward(seen));
    }
}

public class Headed : Module<Tensor, Tensor?, Tensor?, Tensor>
{
    private readonly int heads;
    private readonly double scale;
    private readonly Linear query;
    private readonly Linear key;
    private readonly Linear value;
    private readonly Linear @out;

    public Headed(int width, int heads) : base(nameof(Headed))
    {
        this.heads = heads;
        // Both factors of the product get half of the scale.
        scale = 1 / Math.Sqrt(Math.Sqrt(width / heads));
        @out = Linear(width, width);
        key = Linear(width, width, hasBias: false);
        (query, value) = (Linear(width, width), Linear(width, width));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x, Tensor? heard = null, Tensor? later = null)
    {
        var source = heard is null ? x : heard;
        var mixed = Mix(query.forward(x), key.forward(heard ?? x), value.forward(source), later);
        return @out.forward(mixed);
    }

    private Tensor Mix(Tensor asked, Tensor known, Tensor told, Tensor? later)
    {
        long batch = asked.shape[0], length = asked.shape[1];
        var left = asked.view(batch, length, heads, -1).permute(0, 2, 1, 3) * scale;
        var right = known.view(batch, known.shape[1], heads, -1).permute(0, 2, 3, 1) * scale;
        var scores = left.matmul(right);
        if (later is not null)
        {
            scores += later[..(int)length, ..(int)length];
        }

        var shares = F.softmax(scores.@float(), dim: -1).to(asked.dtype);
        return shares.matmul(told.view(batch, told.shape[1], heads, -1).permute(0, 2, 1, 3)).permute(0, 2, 1, 3).flatten(start_dim: 2);
    }
}
