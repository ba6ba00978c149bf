namespace Reparam.Runtime;

/// <summary>Looks up rows of a dense or packed table.</summary>
[Counterpart("TorchSharp.Modules.Embedding")]
public sealed class Embedding : Module<Tensor, Tensor>
{
    internal Embedding(long num_embeddings, long embedding_dims)
        : base(nameof(Embedding))
    {
        Weight = new Parameter(num_embeddings, embedding_dims) { MayBePacked = true };
    }

    /// <summary>[entries, width].</summary>
    [Counterpart("weight")]
    public Parameter Weight { get; set; }

    /// <summary>Integers […] → […, width].</summary>
    public override Tensor Forward(Tensor input) => Functional.Embedding(input, Weight);

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor) => visitor.Parameter("weight", Weight);
}
