using Reparam.Checkpoints.Packed;
using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>A matrix on uniform grids whose products are those of integers.</summary>
internal sealed class IntegerMatrix : KernelMatrix
{
    private readonly UniformMatrix matrix;
    private readonly int first;
    private readonly PrepackedUniform weights;
    private readonly IntegerPlan plan;

    /// <summary>Prepacks some neighbouring rows of a matrix.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="first">First row.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="path">The path of the plan's kernels.</param>
    /// <param name="plan">How they are multiplied.</param>
    /// <exception cref="ArgumentException">A scale is not finite.</exception>
    public IntegerMatrix(UniformMatrix matrix, int first, int rows, KernelPath path, IntegerPlan plan)
        : this(matrix, first, path, plan, new PrepackedUniform(matrix, first, rows, plan.Inputs is not null))
    {
    }

    private IntegerMatrix(UniformMatrix matrix, int first, KernelPath path, IntegerPlan plan, PrepackedUniform weights)
        : base(matrix, weights.Rows)
    {
        (this.matrix, this.first, Path, this.plan, this.weights) = (matrix, first, path, plan, weights);
    }

    public override long PrepackedBytes => weights.Bytes;

    public override KernelPath Path { get; }

    /// <summary>Whether this matrix itself rounds the inputs to the model's grid.</summary>
    public bool HasInputGrid => plan.Inputs is not null;

    /// <summary>The same integers; inputs get grids of their own.</summary>
    internal override PackedMatrix WithoutInputGrid =>
        plan.Inputs is null ? this : new IntegerMatrix(matrix, first, Path, new IntegerPlan(matrix, Path, KernelPrecision.Default, null), weights);

    private protected override void MultiplyFused(ReadOnlySpan<float> x, int batch, in ProductStore store, int firstRow, WorkerPool pool) =>
        IntegerProduct.Current.Multiply(weights, plan, x, batch, store, firstRow, pool);

    protected override void DecodeRowCore(int row, Span<float> destination) => matrix.DecodeRow(first + row, destination);
}
