//! new Zoo.LlamaTransformer(new Zoo.LlamaArgs { vocab_size = 70 }) : ints(70, 1, 5)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zoo;

public struct LlamaArgs
{
    public int dim = 32;
    public int n_layers = 2;
    public int n_heads = 4;
    public int? n_kv_heads = 2;
    public int vocab_size = -1;
    public int multiple_of = 16;
    public float norm_eps = 1e-5f;
    public int max_seq_len = 16;

    public LlamaArgs()
    {
    }
}

/// <summary>Llama with rotary positions as complex numbers, a struct of arguments, and a cache in the attention.</summary>
public class LlamaTransformer : nn.Module<Tensor, Tensor>
{
    private readonly LlamaArgs args;
    private readonly Embedding tok_embeddings;
    private readonly ModuleList<nn.Module<Tensor, int, Tensor, Tensor?, Tensor>> layers;
    private readonly nn.Module<Tensor, Tensor> norm;
    private readonly Linear output;
    private Tensor freqs_complex;

    public LlamaTransformer(LlamaArgs args) : base(nameof(LlamaTransformer))
    {
        if (args.vocab_size <= 0)
        {
            throw new ArgumentException("vocab size must be set");
        }

        this.args = args;
        this.tok_embeddings = nn.Embedding(args.vocab_size, args.dim);
        this.layers = nn.ModuleList<nn.Module<Tensor, int, Tensor, Tensor?, Tensor>>();
        for (int i = 0; i < args.n_layers; i++)
        {
            this.layers.Add(new LlamaEncoderBlock(args));
        }

        this.norm = new ComplexRmsNorm(args);
        this.output = nn.Linear(args.dim, args.vocab_size, hasBias: false);
        RegisterComponents();
        this.freqs_complex = PrecomputeThetaPosFrequencies(args.dim / args.n_heads, args.max_seq_len * 2);
    }

    public override Tensor forward(Tensor tokens)
    {
        using (var d = NewDisposeScope())
        {
            var batch_size = tokens.shape[0];
            var seq_len = tokens.shape[1];
            var h = this.tok_embeddings.forward(tokens);
            var freqs_complex = this.freqs_complex[TensorIndex.Slice(0, seq_len)].to(h.device);
            Tensor? mask = null;
            if (seq_len > 1)
            {
                mask = zeros(new long[] { seq_len, seq_len }, dtype: ScalarType.Float32, device: h.device);
                var mask2 = triu(ones(new long[] { seq_len, seq_len }), diagonal: 1);
                mask = mask.masked_fill(mask2.to_type(ScalarType.Bool), float.NegativeInfinity);
            }

            foreach (var layer in this.layers)
            {
                h = layer.forward(h, 0, freqs_complex, mask);
            }

            h = this.norm.forward(h);
            return this.output.forward(h).MoveToOuterDisposeScope();
        }
    }

    public static Tensor PrecomputeThetaPosFrequencies(int headDim, int seqLen, float theta = 10000.0f)
    {
        if (headDim % 2 != 0)
        {
            throw new ArgumentException("Dimension must be divisible by 2", nameof(headDim));
        }

        var thetaNumerator = torch.arange(0, headDim, 2).to(torch.float32);
        var thetaInput = torch.pow(theta, -1.0f * (thetaNumerator / headDim));
        var m = torch.arange(seqLen);
        var frequencies = torch.outer(m, thetaInput).to(torch.float32);
        return torch.polar(torch.ones_like(frequencies), frequencies);
    }

    public static Tensor ApplyRotaryEmbeddings(Tensor input, Tensor freqsComplex)
    {
        var complex = input.to_type(ScalarType.Float32).reshape(input.shape[0], input.shape[1], input.shape[2], -1, 2).view_as_complex();
        var rotated = (complex * freqsComplex.unsqueeze(0).unsqueeze(2)).view_as_real();
        return rotated.reshape(rotated.shape[0], rotated.shape[1], rotated.shape[2], -1).type_as(input);
    }
}

internal class ComplexRmsNorm : nn.Module<Tensor, Tensor>
{
    private float _eps;
    private Parameter weight;

    public ComplexRmsNorm(LlamaArgs args) : base(nameof(ComplexRmsNorm))
    {
        this._eps = args.norm_eps;
        this.weight = nn.Parameter(ones(args.dim));
    }

    private Tensor Norm(Tensor x)
    {
        return x * rsqrt(x.pow(2).mean(new[] { -1L }, keepdim: true) + this._eps);
    }

    public override Tensor forward(Tensor input)
    {
        var normed = this.Norm(input.to_type(ScalarType.Float32)).type_as(input);
        return this.weight * normed;
    }
}

internal class ComplexAttention : nn.Module<Tensor, int, Tensor, Tensor?, Tensor>
{
    private int nKVHeads;
    private int nHeadsQ;
    private int headDim;
    private int nRep;
    private Linear wq;
    private Linear wk;
    private Linear wv;
    private Linear wo;
    private Tensor cache_k;
    private Tensor cache_v;

    public ComplexAttention(LlamaArgs args) : base(nameof(ComplexAttention))
    {
        nKVHeads = args.n_kv_heads ?? args.n_heads;
        nHeadsQ = args.n_heads;
        nRep = nHeadsQ / nKVHeads;
        headDim = args.dim / args.n_heads;
        wq = nn.Linear(args.dim, args.n_heads * headDim, hasBias: false);
        wk = nn.Linear(args.dim, nKVHeads * headDim, hasBias: false);
        wv = nn.Linear(args.dim, nKVHeads * headDim, hasBias: false);
        wo = nn.Linear(args.n_heads * headDim, args.dim, hasBias: false);
        RegisterComponents();
        cache_k = zeros(1, args.max_seq_len, nKVHeads, headDim);
        cache_v = zeros(1, args.max_seq_len, nKVHeads, headDim);
    }

    public override Tensor forward(Tensor input, int startPos, Tensor freqsComplex, Tensor? mask)
    {
        var batchSize = (int)input.shape[0];
        var seqLen = (int)input.shape[1];
        var xq = wq.forward(input);
        var xk = wk.forward(input);
        var xv = wv.forward(input);
        xq = xq.view(batchSize, seqLen, nHeadsQ, headDim);
        xk = xk.view(batchSize, seqLen, nKVHeads, headDim);
        xv = xv.view(batchSize, seqLen, nKVHeads, headDim);
        xq = LlamaTransformer.ApplyRotaryEmbeddings(xq, freqsComplex);
        xk = LlamaTransformer.ApplyRotaryEmbeddings(xk, freqsComplex);
        cache_k[..batchSize, startPos..(startPos + seqLen)] = xk;
        cache_v[..batchSize, startPos..(startPos + seqLen)] = xv;
        var keys = cache_k[..batchSize, ..(startPos + seqLen)];
        var values = cache_v[..batchSize, ..(startPos + seqLen)];
        keys = keys.repeat_interleave(nRep, dim: 2);
        values = values.repeat_interleave(nRep, dim: 2);
        xq = xq.transpose(1, 2);
        keys = keys.transpose(1, 2);
        values = values.transpose(1, 2);
        var scores = matmul(xq, keys.transpose(2, 3)) / MathF.Sqrt(headDim);
        if (mask is not null)
        {
            scores = scores + mask;
        }

        scores = nn.functional.softmax(scores, dim: -1);
        var output = matmul(scores, values);
        output = output.transpose(1, 2).contiguous().view(batchSize, seqLen, -1);
        return wo.forward(output);
    }
}

internal class ComplexFeedForward : nn.Module<Tensor, Tensor>
{
    private Linear w1;
    private Linear w2;
    private Linear w3;

    public ComplexFeedForward(LlamaArgs args) : base(nameof(ComplexFeedForward))
    {
        var hiddenDim = 2 * (args.dim * 4) / 3;
        hiddenDim = args.multiple_of * ((hiddenDim + args.multiple_of - 1) / args.multiple_of);
        w1 = nn.Linear(args.dim, hiddenDim, hasBias: false);
        w2 = nn.Linear(hiddenDim, args.dim, hasBias: false);
        w3 = nn.Linear(args.dim, hiddenDim, hasBias: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var swish = nn.functional.silu(w1.forward(input));
        return w2.forward(swish * w3.forward(input));
    }
}

internal class LlamaEncoderBlock : nn.Module<Tensor, int, Tensor, Tensor?, Tensor>
{
    private ComplexAttention attention;
    private ComplexFeedForward feed_forward;
    private ComplexRmsNorm attention_norm;
    private ComplexRmsNorm ffn_norm;

    public LlamaEncoderBlock(LlamaArgs args) : base(nameof(LlamaEncoderBlock))
    {
        this.attention = new ComplexAttention(args);
        this.feed_forward = new ComplexFeedForward(args);
        this.attention_norm = new ComplexRmsNorm(args);
        this.ffn_norm = new ComplexRmsNorm(args);
        this.RegisterComponents();
    }

    public override Tensor forward(Tensor input, int startPos, Tensor freqsComplex, Tensor? mask)
    {
        var x = this.attention_norm.forward(input);
        x = this.attention.forward(x, startPos, freqsComplex, mask);
        var h = x + input;
        return h + this.feed_forward.forward(this.ffn_norm.forward(h));
    }
}
