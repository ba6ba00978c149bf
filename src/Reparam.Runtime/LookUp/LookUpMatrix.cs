using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Packed.Levels;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.LookUp;

/// <summary>A matrix whose products are looked up in tables of the inputs, by the kernel of its prepacked weights.</summary>
internal sealed class LookUpMatrix : KernelMatrix
{
    private readonly PrepackedWeights weights;

    /// <summary>Takes prepacked weights.</summary>
    /// <param name="matrix">The matrix that the weights was made of.</param>
    /// <param name="weights">All rows of the matrix, or some of them.</param>
    /// <param name="path">The path of their kernel.</param>
    public LookUpMatrix(CodedMatrix matrix, PrepackedWeights weights, KernelPath path)
        : base(matrix, weights.Rows)
    {
        Path = path;
        Joinable = this.weights = weights;
    }

    public override long PrepackedBytes => weights.Bytes;

    public override bool IsPrepacked => weights.IsPrepacked;

    public override KernelPath Path { get; }

    private protected override void MultiplyFused(ReadOnlySpan<float> x, int batch, in ProductStore store, int firstRow, WorkerPool pool)
    {
        if (!weights.LooksUp(batch))
        {
            LevelProduct.Current.Multiply(weights, weights.Levels!, x, batch, store, firstRow, pool);
            return;
        }

        var product = TableProduct.Current;
        product.Add(weights);
        product.Multiply(x, batch, store, firstRow, pool);
    }

    protected override void DecodeRowCore(int row, Span<float> destination) => weights.DecodeRow(row, destination);
}
