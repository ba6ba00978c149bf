using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Packed;

/// <summary>A matrix of a backend of this library: its product stores outputs through the epilogue at once, and shares the thread pool.</summary>
internal abstract unsafe class KernelMatrix : PackedMatrix
{
    protected KernelMatrix(CodedMatrix matrix, int rows)
        : base(matrix, rows)
    {
    }

    protected sealed override void MultiplyCore(ReadOnlySpan<float> x, Span<float> products, int batch)
    {
        fixed (float* output = products)
        {
            MultiplyFused(x, batch, new ProductStore { Output = output, Rows = Rows }, 0, WorkerPool.Shared);
        }
    }

    private protected abstract override void MultiplyFused(ReadOnlySpan<float> x, int batch, in ProductStore store, int firstRow, WorkerPool pool);
}
