using System.Buffers;
using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Threading;
using Reparam.Runtime.Tiles;

namespace Reparam.Runtime.Packed;

/// <summary>The reference: rows are decoded one at a time and summed in double precision. Keeps the coded matrix as it was read.</summary>
internal sealed unsafe class ReferenceMatrix : KernelMatrix
{
    private readonly CodedMatrix matrix;
    private readonly int first;

    /// <summary>Takes some neighbouring rows of a matrix.</summary>
    public ReferenceMatrix(CodedMatrix matrix, int first, int rows)
        : base(matrix, rows)
    {
        if (FormatKernelList.Find(matrix) is { } kernels)
        {
            kernels.RequireFinite(matrix);
        }
        else
        {
            _ = FiniteWeights.MaxMagnitudes(matrix, first, rows);
        }

        this.matrix = matrix;
        this.first = first;
    }

    public override long PrepackedBytes => StoredBytes;

    public override KernelPath Path => KernelPath.Scalar;

    private protected override void MultiplyFused(ReadOnlySpan<float> x, int batch, in ProductStore store, int firstRow, WorkerPool pool)
    {
        var buffer = ArrayPool<float>.Shared.Rent(Columns);
        var weights = buffer.AsSpan(0, Columns);
        var sum = stackalloc float[ProductStore.Lanes];

        // The bias is added in double precision too.
        var withoutBias = store;
        withoutBias.Bias = null;
        for (var row = 0; row < Rows; row++)
        {
            matrix.DecodeRow(first + row, weights);
            var bias = store.Bias == null ? 0.0 : store.Bias[firstRow + row];
            for (var i = 0; i < batch; i++)
            {
                sum[0] = (float)(Dot(weights, x.Slice(i * Columns, Columns)) + bias);
                withoutBias.Store(sum, new ProductFactor(false, 0), i, firstRow + row, 1);
            }
        }

        ArrayPool<float>.Shared.Return(buffer);
    }

    protected override void DecodeRowCore(int row, Span<float> destination) => matrix.DecodeRow(first + row, destination);

    // NaN for any NaN or infinity among the inputs, as on the other paths: their sum cancels nothing, and 0·∞ is NaN too.
    private static double Dot(ReadOnlySpan<float> weights, ReadOnlySpan<float> x)
    {
        var sum = 0.0;
        var nonFinite = 0f;
        for (var k = 0; k < weights.Length; k++)
        {
            sum += (double)weights[k] * x[k];
            nonFinite += x[k] * 0f;
        }

        return sum + nonFinite;
    }
}
