//! new Zoo.Whisper(mels: 8, state: 16, heads: 2, layers: 2, vocabulary: 40) : randn(1, 8, 20), ints(40, 1, 5)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using F = TorchSharp.torch.nn.functional;

namespace Zoo;

/// <summary>Speech recognition in the shape of Whisper: convolutions over the spectrogram, sinusoids, a decoder that uses its embedding as head.</summary>
public class Whisper : Module<Tensor, Tensor, Tensor>
{
    private readonly AudioEncoder encoder;
    private readonly TextDecoder decoder;

    public Whisper(int mels, int state, int heads, int layers, int vocabulary) : base("Whisper")
    {
        encoder = new AudioEncoder(mels, 32, state, heads, layers);
        decoder = new TextDecoder(vocabulary, 16, state, heads, layers);
        RegisterComponents();
    }

    public override Tensor forward(Tensor mel, Tensor tokens) => decoder.forward(tokens, encoder.forward(mel));
}

public class SpeechAttention : Module<Tensor, Tensor?, Tensor?, Tensor>
{
    private readonly int n_head;
    private readonly Linear query;
    private readonly Linear key;
    private readonly Linear value;
    private readonly Linear @out;

    public SpeechAttention(int n_state, int n_head) : base("MultiHeadAttention")
    {
        this.n_head = n_head;
        query = Linear(n_state, n_state);
        key = Linear(n_state, n_state, hasBias: false);
        value = Linear(n_state, n_state);
        @out = Linear(n_state, n_state);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x, Tensor? xa = null, Tensor? mask = null)
    {
        var q = query.forward(x);
        var k = key.forward(xa is null ? x : xa);
        var v = value.forward(xa ?? x);
        var wv = QkvAttention(q, k, v, mask);
        return @out.forward(wv);
    }

    private Tensor QkvAttention(Tensor q, Tensor k, Tensor v, Tensor? mask)
    {
        long n_batch = q.shape[0], n_ctx = q.shape[1], n_state = q.shape[2];
        var scale = Math.Pow(n_state / n_head, -0.25);
        q = q.view(n_batch, n_ctx, n_head, -1).permute(0, 2, 1, 3) * scale;
        k = k.view(k.shape[0], k.shape[1], n_head, -1).permute(0, 2, 3, 1) * scale;
        v = v.view(v.shape[0], v.shape[1], n_head, -1).permute(0, 2, 1, 3);
        var qk = q.matmul(k);
        if (mask is not null)
        {
            qk += mask[..(int)n_ctx, ..(int)n_ctx];
        }

        var w = F.softmax(qk.@float(), dim: -1).to(q.dtype);
        return w.matmul(v).permute(0, 2, 1, 3).flatten(start_dim: 2);
    }
}

public class SpeechBlock : Module<Tensor, Tensor?, Tensor?, Tensor>
{
    private readonly SpeechAttention attn;
    private readonly LayerNorm attn_ln;
    private readonly SpeechAttention? cross_attn;
    private readonly LayerNorm? cross_attn_ln;
    private readonly Sequential mlp;
    private readonly LayerNorm mlp_ln;

    public SpeechBlock(int n_state, int n_head, bool cross_attention = false) : base("ResidualAttentionBlock")
    {
        attn = new SpeechAttention(n_state, n_head);
        attn_ln = LayerNorm(n_state);
        cross_attn = cross_attention ? new SpeechAttention(n_state, n_head) : null;
        cross_attn_ln = cross_attention ? LayerNorm(n_state) : null;
        var n_mlp = n_state * 4;
        mlp = Sequential(Linear(n_state, n_mlp), GELU(), Linear(n_mlp, n_state));
        mlp_ln = LayerNorm(n_state);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x, Tensor? xa = null, Tensor? mask = null)
    {
        x = x + attn.forward(attn_ln.forward(x), mask: mask);
        if (cross_attn is not null)
        {
            x = x + cross_attn.forward(cross_attn_ln!.forward(x), xa);
        }

        return x + mlp.forward(mlp_ln.forward(x));
    }
}

public class AudioEncoder : Module<Tensor, Tensor>
{
    private readonly Conv1d conv1;
    private readonly Conv1d conv2;
    private readonly ModuleList<SpeechBlock> blocks;
    private readonly LayerNorm ln_post;

    public AudioEncoder(int n_mels, int n_ctx, int n_state, int n_head, int n_layer) : base("AudioEncoder")
    {
        conv1 = Conv1d(n_mels, n_state, 3L, padding: 1L);
        conv2 = Conv1d(n_state, n_state, 3L, stride: 2L, padding: 1L);
        register_buffer("positional_embedding", Sinusoids(n_ctx, n_state));
        blocks = ModuleList(Enumerable.Range(0, n_layer).Select(_ => new SpeechBlock(n_state, n_head)).ToArray());
        ln_post = LayerNorm(n_state);
        RegisterComponents();
    }

    private static Tensor Sinusoids(int length, int channels, float max_timescale = 10000)
    {
        var log_timescale_increment = Math.Log(max_timescale) / (channels / 2 - 1);
        var inv_timescales = exp(-log_timescale_increment * arange(channels / 2));
        var scaled_time = arange(length).unsqueeze(1) * inv_timescales.unsqueeze(0);
        return cat(new[] { sin(scaled_time), cos(scaled_time) }, dim: 1);
    }

    public override Tensor forward(Tensor x)
    {
        x = F.gelu(conv1.forward(x));
        x = F.gelu(conv2.forward(x));
        x = x.permute(0, 2, 1);
        x = (x + get_buffer("positional_embedding")[..(int)x.shape[1]]).to(x.dtype);
        foreach (var block in blocks)
        {
            x = block.forward(x);
        }

        return ln_post.forward(x);
    }
}

public class TextDecoder : Module<Tensor, Tensor, Tensor>
{
    private readonly Embedding token_embedding;
    private readonly Parameter positional_embedding;
    private readonly ModuleList<SpeechBlock> blocks;
    private readonly LayerNorm ln;
    private readonly Tensor mask;

    public TextDecoder(int n_vocab, int n_ctx, int n_state, int n_head, int n_layer) : base("TextDecoder")
    {
        token_embedding = Embedding(n_vocab, n_state);
        positional_embedding = Parameter(empty(n_ctx, n_state));
        init.normal_(positional_embedding, std: 0.02);
        blocks = ModuleList(Enumerable.Range(0, n_layer).Select(_ => new SpeechBlock(n_state, n_head, cross_attention: true)).ToArray());
        ln = LayerNorm(n_state);
        mask = full(n_ctx, n_ctx, float.NegativeInfinity).triu(1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x, Tensor xa)
    {
        x = token_embedding.forward(x) + positional_embedding[..(int)x.shape[^1]];
        foreach (var block in blocks)
        {
            x = block.forward(x, xa, mask: mask);
        }

        x = ln.forward(x);
        return x.matmul(token_embedding.weight!.transpose(0, 1)).@float();
    }
}
