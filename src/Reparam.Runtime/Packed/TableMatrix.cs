using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed;

/// <summary>A matrix whose products are looked up in tables of the inputs, by the kernel of a running stream.</summary>
internal sealed class TableMatrix : PackedMatrix
{
    private readonly RunningStream stream;

    /// <summary>Takes a stream.</summary>
    /// <param name="matrix">The matrix that the stream was made of.</param>
    /// <param name="stream">All rows of the matrix, or some of them.</param>
    /// <param name="path">The path of the stream's kernel.</param>
    public TableMatrix(CodedMatrix matrix, RunningStream stream, KernelPath path)
        : base(matrix, stream.Rows)
    {
        Path = path;
        this.stream = stream;
    }

    public override long RunningBytes => stream.Bytes;

    public override bool IsPrepacked => stream.IsPrepacked;

    public override KernelPath Path { get; }

    /// <summary>The stream that the kernel reads.</summary>
    public RunningStream Stream => stream;

    private protected override void MultiplyCore(ReadOnlySpan<float> x, int batch, in ProductStore store, int firstRow, WorkerPool pool)
    {
        var product = TableProduct.Current;
        product.Add(stream);
        product.Multiply(x, batch, store, firstRow, pool);
    }

    private protected override void DecodeRowCore(int row, Span<float> destination) => stream.DecodeRow(row, destination);
}
