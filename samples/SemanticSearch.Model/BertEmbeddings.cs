using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SemanticSearch;

/// <summary>A vector for each token: of the word, of its position and of the segment that it is in, normed.</summary>
public sealed class BertEmbeddings : Module<Tensor, Tensor>
{
    private readonly Embedding word_embeddings;
    private readonly Embedding position_embeddings;
    private readonly Embedding token_type_embeddings;
    private readonly LayerNorm LayerNorm;

    public BertEmbeddings(BertConfig config) : base(nameof(BertEmbeddings))
    {
        word_embeddings = Embedding(config.Vocabulary, config.Width);
        position_embeddings = Embedding(config.MaxLength, config.Width);
        token_type_embeddings = Embedding(2, config.Width);
        LayerNorm = nn.LayerNorm(config.Width, eps: 1e-12);
        RegisterComponents();
    }

    /// <param name="tokens">int64 [batch, length].</param>
    /// <returns>[batch, length, width].</returns>
    public override Tensor forward(Tensor tokens)
    {
        var positions = arange(tokens.shape[1], dtype: int64);
        var x = word_embeddings.call(tokens) + position_embeddings.call(positions) + token_type_embeddings.call(zeros_like(tokens));
        return LayerNorm.call(x);
    }
}
