using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.LookUp;

/// <summary>A matrix whose products are looked up in tables of the inputs, by the kernel of a running stream.</summary>
internal sealed class LookUpMatrix : PackedMatrix
{
    private readonly PrepackedWeights stream;

    /// <summary>Takes a stream.</summary>
    /// <param name="matrix">The matrix that the stream was made of.</param>
    /// <param name="stream">All rows of the matrix, or some of them.</param>
    /// <param name="path">The path of the stream's kernel.</param>
    public LookUpMatrix(CodedMatrix matrix, PrepackedWeights stream, KernelPath path)
        : base(matrix, stream.Rows)
    {
        Path = path;
        this.stream = stream;
    }

    public override long PrepackedBytes => stream.Bytes;

    public override bool IsPrepacked => stream.IsPrepacked;

    public override KernelPath Path { get; }

    /// <summary>The stream that the kernel reads.</summary>
    public PrepackedWeights Stream => stream;

    private protected override void MultiplyCore(ReadOnlySpan<float> x, int batch, in ProductStore store, int firstRow, WorkerPool pool)
    {
        var product = TableProduct.Current;
        product.Add(stream);
        product.Multiply(x, batch, store, firstRow, pool);
    }

    private protected override void DecodeRowCore(int row, Span<float> destination) => stream.DecodeRow(row, destination);
}
