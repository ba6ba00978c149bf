using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SemanticSearch;

/// <summary>Attention of every token to all tokens of its text (Vaswani et al. 2017, arXiv 1706.03762).</summary>
public sealed class BertSelfAttention : Module<Tensor, Tensor, Tensor>
{
    private readonly Linear query;
    private readonly Linear key;
    private readonly Linear value;
    private readonly long heads;
    private readonly long width;

    public BertSelfAttention(BertConfig config) : base(nameof(BertSelfAttention))
    {
        heads = config.Heads;
        width = config.Width / config.Heads;
        query = Linear(config.Width, config.Width);
        key = Linear(config.Width, config.Width);
        value = Linear(config.Width, config.Width);
        RegisterComponents();
    }

    /// <param name="x">[batch, length, width].</param>
    /// <param name="mask">[batch, 1, 1, length]: 0 where a token is, a large negative number where there is none.</param>
    /// <returns>[batch, length, width].</returns>
    public override Tensor forward(Tensor x, Tensor mask)
    {
        var (batch, length) = (x.shape[0], x.shape[1]);
        var q = query.call(x);
        var k = key.call(x);
        var v = value.call(x);
        return functional.scaled_dot_product_attention(Split(q), Split(k), Split(v), mask).transpose(1, 2).reshape(batch, length, heads * width);

        Tensor Split(Tensor t) => t.view(batch, length, heads, width).transpose(1, 2);
    }
}
