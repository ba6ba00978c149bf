//! new Zoo.T5(60, 16, 2, 2) : ints(60, 2, 6), ints(60, 2, 5)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zoo;

/// <summary>T5: one attention class for three uses, buckets of relative positions that only the first block has, a shared embedding.</summary>
public class T5 : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly Embedding shared;
    private readonly T5Stack encoder;
    private readonly T5Stack decoder;
    private readonly Linear lm_head;
    private readonly int d_model;

    public T5(int vocabulary, int d_model, int layers, int heads) : base("T5")
    {
        this.d_model = d_model;
        shared = nn.Embedding(vocabulary, d_model);
        encoder = new T5Stack(shared, d_model, layers, heads, isDecoder: false);
        decoder = new T5Stack(shared, d_model, layers, heads, isDecoder: true);
        lm_head = nn.Linear(d_model, vocabulary, hasBias: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor source, Tensor target)
    {
        var memory = encoder.call(source, null);
        var states = decoder.call(target, memory);
        return lm_head.call(states * Math.Pow(d_model, -0.5));
    }
}

internal class T5Stack : nn.Module<Tensor, Tensor?, Tensor>
{
    private readonly Embedding embed_tokens;
    private readonly ModuleList<T5Block> block;
    private readonly T5LayerNorm final_layer_norm;
    private readonly bool isDecoder;

    public T5Stack(Embedding embed_tokens, int d_model, int layers, int heads, bool isDecoder) : base("T5Stack")
    {
        this.embed_tokens = embed_tokens;
        this.isDecoder = isDecoder;
        block = new ModuleList<T5Block>();
        for (var i = 0; i < layers; i++)
        {
            block.Add(new T5Block(d_model, heads, isDecoder, hasRelativeBias: i == 0));
        }

        final_layer_norm = new T5LayerNorm(d_model);
        RegisterComponents();
    }

    public override Tensor forward(Tensor ids, Tensor? memory)
    {
        var length = ids.size(1);
        var hidden = embed_tokens.call(ids);
        Tensor? mask = null;
        if (isDecoder)
        {
            mask = (1.0f - torch.ones(length, length).tril()).unsqueeze(0).unsqueeze(0) * -1e9f;
        }

        Tensor? bias = null;
        foreach (var one in block)
        {
            (hidden, bias) = one.call(hidden, mask, bias, memory);
        }

        return final_layer_norm.call(hidden);
    }
}

internal class T5LayerNorm : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly double variance_epsilon;

    public T5LayerNorm(int hidden, double eps = 1e-6) : base("T5LayerNorm")
    {
        weight = nn.Parameter(torch.ones(hidden));
        variance_epsilon = eps;
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        var variance = x.to(torch.float32).pow(2).mean(new long[] { -1 }, keepdim: true);
        return weight * (x * torch.rsqrt(variance + variance_epsilon));
    }
}

internal class T5Attention : nn.Module<Tensor, Tensor?, Tensor?, Tensor?, (Tensor, Tensor?)>
{
    private readonly Linear q, k, v, o;
    private readonly Embedding? relative_attention_bias;
    private readonly int heads;
    private readonly int size;
    private readonly bool bidirectional;

    public T5Attention(int d_model, int heads, bool bidirectional, bool hasRelativeBias) : base("T5Attention")
    {
        this.heads = heads;
        this.bidirectional = bidirectional;
        size = d_model / heads;
        q = nn.Linear(d_model, d_model, hasBias: false);
        k = nn.Linear(d_model, d_model, hasBias: false);
        v = nn.Linear(d_model, d_model, hasBias: false);
        o = nn.Linear(d_model, d_model, hasBias: false);
        if (hasRelativeBias)
        {
            relative_attention_bias = nn.Embedding(8, heads);
        }

        RegisterComponents();
    }

    private static Tensor Bucket(Tensor relative, bool bidirectional, int buckets = 8, int maxDistance = 16)
    {
        var result = torch.zeros_like(relative);
        if (bidirectional)
        {
            buckets /= 2;
            result += (relative > 0).to(torch.int64) * buckets;
            relative = relative.abs();
        }
        else
        {
            relative = -torch.min(relative, torch.zeros_like(relative));
        }

        var exact = buckets / 2;
        var isSmall = relative < exact;
        var large = exact + (torch.log(relative.to(torch.float32) / exact) / Math.Log((double)maxDistance / exact) * (buckets - exact)).to(torch.int64);
        large = torch.min(large, torch.full_like(large, buckets - 1));
        return result + torch.where(isSmall, relative, large);
    }

    private Tensor ComputeBias(long queries, long keys)
    {
        var context = torch.arange(queries, dtype: torch.int64).unsqueeze(1);
        var memory = torch.arange(keys, dtype: torch.int64).unsqueeze(0);
        var values = relative_attention_bias!.call(Bucket(memory - context, bidirectional));
        return values.permute(2, 0, 1).unsqueeze(0);
    }

    public override (Tensor, Tensor?) forward(Tensor x, Tensor? mask, Tensor? positionBias, Tensor? memory)
    {
        var batch = x.shape[0];
        Tensor Shape(Tensor t) => t.view(batch, -1, heads, size).transpose(1, 2);
        var source = memory ?? x;
        var scores = torch.matmul(Shape(q.call(x)), Shape(k.call(source)).transpose(3, 2));
        if (positionBias is null && relative_attention_bias is not null)
        {
            positionBias = ComputeBias(scores.shape[2], scores.shape[3]);
            if (mask is not null)
            {
                positionBias = positionBias + mask;
            }
        }

        if (positionBias is not null)
        {
            scores += positionBias;
        }

        var weights = nn.functional.softmax(scores.@float(), -1).type_as(scores);
        var output = torch.matmul(weights, Shape(v.call(source))).transpose(1, 2).contiguous().view(batch, -1, heads * size);
        return (o.call(output), positionBias);
    }
}

internal class T5Block : nn.Module<Tensor, Tensor?, Tensor?, Tensor?, (Tensor, Tensor?)>
{
    private readonly T5Attention self;
    private readonly T5LayerNorm norm1;
    private readonly T5Attention? cross;
    private readonly T5LayerNorm? norm2;
    private readonly Linear wi_0;
    private readonly Linear wi_1;
    private readonly Linear wo;
    private readonly T5LayerNorm norm3;

    public T5Block(int d_model, int heads, bool isDecoder, bool hasRelativeBias) : base("T5Block")
    {
        self = new T5Attention(d_model, heads, !isDecoder, hasRelativeBias);
        norm1 = new T5LayerNorm(d_model);
        if (isDecoder)
        {
            cross = new T5Attention(d_model, heads, true, false);
            norm2 = new T5LayerNorm(d_model);
        }

        wi_0 = nn.Linear(d_model, d_model * 2, hasBias: false);
        wi_1 = nn.Linear(d_model, d_model * 2, hasBias: false);
        wo = nn.Linear(d_model * 2, d_model, hasBias: false);
        norm3 = new T5LayerNorm(d_model);
        RegisterComponents();
    }

    public override (Tensor, Tensor?) forward(Tensor x, Tensor? mask, Tensor? bias, Tensor? memory)
    {
        var (attention, positionBias) = self.call(norm1.call(x), mask, bias, null);
        x = x + attention;
        if (cross is not null && memory is not null)
        {
            x = x + cross.call(norm2!.call(x), null, null, memory).Item1;
        }

        var normed = norm3.call(x);
        var gated = nn.functional.gelu(wi_0.call(normed)) * wi_1.call(normed);
        return (x + wo.call(gated), positionBias);
    }
}
