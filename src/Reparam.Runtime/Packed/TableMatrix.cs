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

    public override bool IsMapped => stream.IsMapped;

    public override KernelPath Path { get; }

    /// <summary>The stream that the kernel reads.</summary>
    public RunningStream Stream => stream;

    /// <summary>The product on given threads.</summary>
    public void Multiply(ReadOnlySpan<float> x, Span<float> y, int batch, in Epilogue epilogue, WorkerPool pool) =>
        TableProduct.Current.Multiply(stream, x, y, batch, epilogue, pool);

    private protected override void MultiplyCore(ReadOnlySpan<float> x, Span<float> y, int batch, in Epilogue epilogue) =>
        Multiply(x, y, batch, epilogue, WorkerPool.Shared);

    private protected override void DecodeRowCore(int row, Span<float> destination) => stream.DecodeRow(row, destination);
}
