namespace Reparam.Runtime;

/// <summary>Rows of a dense or packed table, made one row for each bag.</summary>
[Counterpart("TorchSharp.Modules.EmbeddingBag")]
public sealed class EmbeddingBag : Module<Tensor, Tensor?, Tensor?, Tensor>
{
    private readonly EmbeddingBagMode mode;
    private readonly bool hasEnd;
    private readonly long ignored;

    internal EmbeddingBag(long num_embeddings, long embedding_dims, EmbeddingBagMode mode, bool hasEnd, long ignored)
        : base(nameof(EmbeddingBag))
    {
        Weight = new Parameter(num_embeddings, embedding_dims) { MayBePacked = true };
        this.mode = mode;
        this.hasEnd = hasEnd;
        this.ignored = ignored;
    }

    /// <summary>[entries, width].</summary>
    [Counterpart("weight")]
    public Parameter Weight { get; set; }

    /// <summary>Integers [bags, size], or all bags one after the other with where each begins → [bags, width].</summary>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Counterpart("forward")]
    public override Tensor Forward(Tensor input, Tensor? offsets, Tensor? perSampleWeights) =>
        Functional.Bags(input, Weight, offsets, perSampleWeights, mode, hasEnd, ignored);

    /// <summary>The same as <see cref="Forward"/>; there are no hooks.</summary>
    [Counterpart("call")]
    public new Tensor Call(Tensor input, Tensor? offsets, Tensor? perSampleWeights) => Forward(input, offsets, perSampleWeights);

    /// <summary>All bags one after the other, and where each begins → [bags, width].</summary>
    [Counterpart("call")]
    public Tensor Call(Tensor input, Tensor? offsets) => Forward(input, offsets, null);

    /// <summary>[bags, size] → [bags, width].</summary>
    [Counterpart("call")]
    public Tensor Call(Tensor input) => Forward(input, null, null);

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor) => visitor.Parameter("weight", Weight);
}
