//! new Zoo.Bert(vocabulary: 83, width: 36, depth: 2, heads: 3, inner: 52) : ints(83, 2, 7)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Zoo;

/// <summary>
/// BERT (Devlin et al., 2019): a bidirectional encoder with a pooled first word.
/// Kinds: an abstract user base class with optional inputs and a tuple as output, a part that may be null, an activation chosen by its name, fields
/// declared together, a list that Aggregate runs, weights set over modules() in the base, masks and positions made in the forward.
/// </summary>
public class Bert : Pretrained
{
    private readonly WordVectors embeddings;
    private readonly Depths encoder;
    private readonly FirstWord? pooler;

    public Bert(int vocabulary, int width, int depth, int heads, int inner, bool pooled = true) : base("BERT")
    {
        embeddings = new WordVectors(vocabulary, width);
        encoder = new Depths(depth, width, heads, inner);
        if (pooled)
        {
            pooler = new FirstWord(width);
        }

        RegisterComponents();
        StartWeights();
    }

    public override (Tensor words, Tensor? sentence) forward(Tensor ids, Tensor? visible = null, Tensor? segments = null)
    {
        visible ??= torch.ones_like(ids);
        segments ??= torch.zeros(ids.shape, dtype: torch.int64, device: ids.device);
        // Added to the scores: 0 where a word is seen, a large negative number where it is padding.
        var hidden = (1.0f - visible.to_type(torch.float32)) * -10000.0f;
        var words = encoder.call(embeddings.call(ids, segments), hidden.view(ids.shape[0], 1, 1, -1));
        return (words, pooler?.call(words));
    }
}

public abstract class Pretrained : nn.Module<Tensor, Tensor?, Tensor?, (Tensor words, Tensor? sentence)>
{
    private const double Deviation = 0.02;

    protected Pretrained(string name) : base(name)
    {
    }

    protected void StartWeights()
    {
        foreach (var part in modules())
        {
            switch (part)
            {
                case Linear dense:
                    nn.init.normal_(dense.weight, mean: 0.0, std: Deviation);
                    if (dense.bias is { } bias)
                    {
                        nn.init.zeros_(bias);
                    }

                    break;
                case Embedding vectors:
                    nn.init.normal_(vectors.weight, mean: 0.0, std: Deviation);
                    break;
            }
        }
    }
}

internal sealed class WordVectors : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly Embedding word_embeddings, position_embeddings, token_type_embeddings;
    private readonly LayerNorm LayerNorm;
    private readonly Dropout dropout;

    public WordVectors(int vocabulary, int width, int longest = 24, int segments = 2) : base("Word vectors")
    {
        LayerNorm = nn.LayerNorm(width, eps: 1e-12);
        dropout = nn.Dropout(0.1);
        word_embeddings = nn.Embedding(vocabulary, width, padding_idx: 0);
        position_embeddings = nn.Embedding(longest, width);
        token_type_embeddings = nn.Embedding(segments, width);
        RegisterComponents();
    }

    public override Tensor forward(Tensor ids, Tensor segments)
    {
        var places = torch.arange(ids.size(-1), dtype: torch.int64, device: ids.device).expand_as(ids);
        var vectors = word_embeddings.call(ids);
        vectors = vectors + position_embeddings.call(places);
        vectors = vectors + token_type_embeddings.call(segments);
        return dropout.call(LayerNorm.call(vectors));
    }
}

internal sealed class Regard : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly int heads;
    private readonly int headWidth;
    private readonly Linear query;
    private readonly Linear key;
    private readonly Linear value;

    public Regard(int width, int heads) : base("Self-attention")
    {
        headWidth = Math.DivRem(width, heads, out var rest);
        if (rest != 0)
        {
            throw new ArgumentException($"{heads} heads do not share {width} numbers evenly", nameof(heads));
        }

        this.heads = heads;
        (query, key, value) = (nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, width));
        RegisterComponents();
    }

    public override Tensor forward(Tensor words, Tensor hidden)
    {
        var scores = torch.matmul(ByHead(query.call(words)), ByHead(key.call(words)).transpose(-1, -2));
        var shares = torch.softmax(scores.div(Math.Sqrt(headWidth)).add(hidden), -1);
        return torch.matmul(shares, ByHead(value.call(words))).permute(0, 2, 1, 3).contiguous().flatten(2);
    }

    private Tensor ByHead(Tensor words)
    {
        var shape = words.shape[..^1].Append(heads).Append(headWidth).ToArray();
        return words.view(shape).permute(0, 2, 1, 3);
    }
}

internal sealed class Depth : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly Regard self;
    private readonly Linear selfOutput, intermediate, output;
    private readonly LayerNorm selfNorm, outputNorm;
    private readonly nn.Module<Tensor, Tensor> bend;

    public Depth(int width, int heads, int inner, string bend = "gelu") : base(nameof(Depth))
    {
        this.bend = bend switch
        {
            "gelu" => nn.GELU(),
            "silu" or "swish" => nn.SiLU(),
            "relu" => nn.ReLU(),
            _ => throw new ArgumentOutOfRangeException(nameof(bend), bend, "no such activation"),
        };
        var shape = new long[] { width };
        (selfNorm, outputNorm) = (nn.LayerNorm(shape, eps: 1e-12), nn.LayerNorm(shape, eps: 1e-12));
        (intermediate, output) = (nn.Linear(width, inner), nn.Linear(inner, width));
        (self, selfOutput) = (new Regard(width, heads), nn.Linear(width, width));
        RegisterComponents();
    }

    public override Tensor forward(Tensor words, Tensor hidden)
    {
        var seen = selfNorm.call(words + selfOutput.call(self.call(words, hidden)));
        var inner = bend.call(intermediate.call(seen));
        return outputNorm.call(seen + output.call(inner));
    }
}

internal sealed class Depths : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly ModuleList<Depth> layer = new();

    public Depths(int count, int width, int heads, int inner) : base("Encoder")
    {
        while (layer.Count < count)
        {
            layer.Add(new Depth(width, heads, inner));
        }

        RegisterComponents();
    }

    public override Tensor forward(Tensor words, Tensor hidden) => layer.Aggregate(words, (state, depth) => depth.call(state, hidden));
}

internal sealed class FirstWord : nn.Module<Tensor, Tensor>
{
    private readonly Linear dense;

    public FirstWord(int width) : base("Pooler")
    {
        dense = nn.Linear(width, width);
        RegisterComponents();
    }

    public override Tensor forward(Tensor words) => torch.tanh(dense.call(words[TensorIndex.Ellipsis, 0, TensorIndex.Colon]));
}
