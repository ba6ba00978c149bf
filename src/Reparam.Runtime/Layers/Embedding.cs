namespace Reparam.Runtime;

/// <summary>Looks up rows of a dense or packed table.</summary>
[Counterpart("TorchSharp.Modules.Embedding")]
public sealed class Embedding : Module<Tensor, Tensor>
{
    private readonly double? maxNorm;
    private readonly double normType;

    internal Embedding(long num_embeddings, long embedding_dims, double? maxNorm = null, double normType = 2)
        : base(nameof(Embedding))
    {
        this.maxNorm = maxNorm;
        this.normType = normType;
        Weight = new Parameter(num_embeddings, embedding_dims) { MayBePacked = true };
    }

    /// <summary>[entries, width].</summary>
    [Counterpart("weight")]
    public Parameter Weight { get; set; }

    /// <summary>Integers […] → […, width]. Where there is a largest norm, longer rows are shortened to it.</summary>
    public override Tensor Forward(Tensor input)
    {
        var rows = Functional.Embedding(input, Weight);
        if (maxNorm is not { } most)
        {
            return rows;
        }

        // TorchSharp shortens the table itself; the rows that it gives are the same.
        var norms = rows.NormOver([-1], normType, keepdim: true);
        return rows.Mul(Torch.Where(norms.Gt(most), norms.Add(1e-7).Reciprocal().Mul(most), Torch.OnesLike(norms)));
    }

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor) => visitor.Parameter("weight", Weight);
}
