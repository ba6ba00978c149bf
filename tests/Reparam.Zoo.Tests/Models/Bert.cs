//! new Zoo.BertModel(80, 32, 2, 4, 64) : ints(80, 2, 7)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zoo;

/// <summary>BERT: optional inputs, an abstract base class of heads, an activation chosen by name, weights initialised in the base.</summary>
public class BertModel : BertPreTrained
{
    private readonly BertEmbeddings embeddings;
    private readonly BertEncoder encoder;
    private readonly BertPooler? pooler;

    public BertModel(int vocab, int hidden, int layers, int heads, int intermediate, bool addPooler = true) : base(nameof(BertModel))
    {
        embeddings = new BertEmbeddings(vocab, hidden);
        encoder = new BertEncoder(layers, hidden, heads, intermediate);
        pooler = addPooler ? new BertPooler(hidden) : null;
        RegisterComponents();
        InitAll();
    }

    public override (Tensor last, Tensor? pooled) forward(Tensor inputIds, Tensor? attentionMask = null, Tensor? tokenTypeIds = null)
    {
        attentionMask ??= torch.ones(inputIds.shape, device: inputIds.device);
        tokenTypeIds ??= torch.zeros(inputIds.shape, dtype: torch.int64, device: inputIds.device);
        var extended = attentionMask.unsqueeze(1).unsqueeze(2).to_type(torch.float32);
        extended = (1.0 - extended) * -10000.0;
        var states = embeddings.call(inputIds, tokenTypeIds);
        states = encoder.call(states, extended);
        return (states, pooler?.call(states));
    }
}

public abstract class BertPreTrained : nn.Module<Tensor, Tensor?, Tensor?, (Tensor last, Tensor? pooled)>
{
    protected BertPreTrained(string name) : base(name)
    {
    }

    protected void InitAll()
    {
        foreach (var module in modules())
        {
            if (module is Linear linear)
            {
                nn.init.normal_(linear.weight, 0.0, 0.02);
                if (linear.bias is { } bias)
                {
                    nn.init.zeros_(bias);
                }
            }
        }
    }
}

internal sealed class BertEmbeddings : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly Embedding word_embeddings, position_embeddings, token_type_embeddings;
    private readonly LayerNorm LayerNorm;
    private readonly Dropout dropout;

    public BertEmbeddings(int vocab, int hidden, int maxPositions = 32, int types = 2) : base(nameof(BertEmbeddings))
    {
        word_embeddings = nn.Embedding(vocab, hidden, padding_idx: 0);
        position_embeddings = nn.Embedding(maxPositions, hidden);
        token_type_embeddings = nn.Embedding(types, hidden);
        LayerNorm = nn.LayerNorm(hidden, eps: 1e-12);
        dropout = nn.Dropout(0.1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor ids, Tensor types)
    {
        var positions = torch.arange(ids.shape[1], device: ids.device).unsqueeze(0).expand_as(ids);
        var sum = word_embeddings.call(ids) + position_embeddings.call(positions) + token_type_embeddings.call(types);
        return dropout.call(LayerNorm.call(sum));
    }
}

internal sealed class BertSelfAttention : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly int heads;
    private readonly int size;
    private readonly Linear query;
    private readonly Linear key;
    private readonly Linear value;

    public BertSelfAttention(int hidden, int heads) : base(nameof(BertSelfAttention))
    {
        if (hidden % heads != 0)
        {
            throw new ArgumentException($"hidden {hidden} is not a multiple of {heads}");
        }

        (this.heads, size) = (heads, hidden / heads);
        query = nn.Linear(hidden, hidden);
        key = nn.Linear(hidden, hidden);
        value = nn.Linear(hidden, hidden);
        RegisterComponents();
    }

    private Tensor Transpose(Tensor x)
    {
        var shape = x.shape[..^1].Concat(new long[] { heads, size }).ToArray();
        return x.view(shape).permute(0, 2, 1, 3);
    }

    public override Tensor forward(Tensor x, Tensor mask)
    {
        var scores = torch.matmul(Transpose(query.call(x)), Transpose(key.call(x)).transpose(-1, -2));
        scores = scores.div(Math.Sqrt(size)).add(mask);
        var probabilities = torch.softmax(scores, -1);
        var context = torch.matmul(probabilities, Transpose(value.call(x)));
        context = context.permute(0, 2, 1, 3).contiguous();
        return context.flatten(2);
    }
}

internal sealed class BertLayer : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly BertSelfAttention self;
    private readonly Linear attention_output;
    private readonly LayerNorm attention_norm;
    private readonly Linear intermediate;
    private readonly Linear output;
    private readonly LayerNorm output_norm;
    private readonly nn.Module<Tensor, Tensor> activation;

    public BertLayer(int hidden, int heads, int intermediateSize, string activation = "gelu") : base(nameof(BertLayer))
    {
        self = new BertSelfAttention(hidden, heads);
        attention_output = nn.Linear(hidden, hidden);
        attention_norm = nn.LayerNorm(new long[] { hidden }, eps: 1e-12);
        intermediate = nn.Linear(hidden, intermediateSize);
        output = nn.Linear(intermediateSize, hidden);
        output_norm = nn.LayerNorm(new long[] { hidden }, eps: 1e-12);
        this.activation = activation switch
        {
            "gelu" => nn.GELU(),
            "relu" => nn.ReLU(),
            "tanh" => nn.Tanh(),
            _ => throw new ArgumentException($"unknown activation {activation}", nameof(activation)),
        };
        RegisterComponents();
    }

    public override Tensor forward(Tensor x, Tensor mask)
    {
        x = attention_norm.call(attention_output.call(self.call(x, mask)) + x);
        return output_norm.call(output.call(activation.call(intermediate.call(x))) + x);
    }
}

internal sealed class BertEncoder : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly ModuleList<BertLayer> layer = new();

    public BertEncoder(int layers, int hidden, int heads, int intermediate) : base(nameof(BertEncoder))
    {
        for (var i = 0; i < layers; i++)
        {
            layer.Add(new BertLayer(hidden, heads, intermediate));
        }

        RegisterComponents();
    }

    public override Tensor forward(Tensor x, Tensor mask) => layer.Aggregate(x, (state, one) => one.call(state, mask));
}

internal sealed class BertPooler : nn.Module<Tensor, Tensor>
{
    private readonly Linear dense;

    public BertPooler(int hidden) : base(nameof(BertPooler))
    {
        dense = nn.Linear(hidden, hidden);
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => torch.tanh(dense.call(x[TensorIndex.Ellipsis, 0, TensorIndex.Colon]));
}
