using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Reparam.Training;

/// <summary>
/// Base of emitted embeddings: row x of a weight [rows, width]. TorchSharp does not tell an embedding's <c>padding_idx</c> and <c>max_norm</c>, so an
/// embedding that was made with one of them must not be annotated.
/// </summary>
/// <param name="name">Name of the layer, for messages.</param>
/// <param name="plain">The layer whose weight is taken over.</param>
public abstract class ReparamEmbedding(string name, Embedding plain)
    : ReparamLayer(new LayerShape(name, LayerKinds.Embedding, plain.weight!.shape), plain.weight, bias: null, plain)
{
    /// <inheritdoc/>
    public sealed override Tensor Run(Tensor x, Tensor weight) => weight.index_select(0, x.flatten()).reshape([.. x.shape, weight.shape[1]]);

    /// <inheritdoc/>
    protected sealed override Tensor Apply(Tensor x, Tensor weight) => Run(x, weight);
}
