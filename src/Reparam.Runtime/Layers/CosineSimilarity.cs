namespace Reparam.Runtime;

/// <summary>Cosine of the angle of vectors along a dimension.</summary>
[Counterpart("TorchSharp.Modules.CosineSimilarity")]
public sealed class CosineSimilarity : Module<Tensor, Tensor, Tensor>
{
    private readonly long dim;
    private readonly double eps;

    internal CosineSimilarity(long dim, double eps)
        : base(nameof(CosineSimilarity))
    {
        this.dim = dim;
        this.eps = eps;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input1, Tensor input2) => Functional.CosineSimilarity(input1, input2, dim, eps);
}
