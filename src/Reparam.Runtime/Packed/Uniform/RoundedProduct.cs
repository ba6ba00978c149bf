using Reparam.Runtime.Threading;

namespace Reparam.Runtime.Packed.Uniform;

/// <summary>
/// A product with inputs that are rounded to integers: the inputs of a pass and the job that other threads help with. A segment's products are summed as
/// whole numbers, so that no result depends on the instructions, the threads or the other rows of the batch; segments are added in their order.
/// </summary>
internal abstract unsafe class RoundedProduct : PieceJob
{
    private ProductStore store;
    private float* source;
    private int scaleExponent;
    private int firstRow;

    /// <summary>The inputs of the pass.</summary>
    protected IntegerInputs Inputs { get; } = new();

    /// <summary>Computes act(x·Wᵀ + bias) · gate + residual, pass after pass.</summary>
    /// <param name="use">How inputs are rounded and laid out.</param>
    /// <param name="exponent">The power of two of the weights' scales.</param>
    /// <param name="pieces">Pieces of the weights.</param>
    /// <param name="workOfRow">What the pool is told of an input row.</param>
    /// <param name="x">[batch, columns].</param>
    /// <param name="batch">Input rows.</param>
    /// <param name="target">Where the outputs go.</param>
    /// <param name="targetRow">First row of the matrix in the target.</param>
    /// <param name="pool">Threads.</param>
    protected void Multiply(
        InputPlan use, int exponent, int pieces, long workOfRow, ReadOnlySpan<float> x, int batch, in ProductStore target, int targetRow, WorkerPool pool)
    {
        (scaleExponent, firstRow) = (exponent, targetRow);
        var pass = PrepackedLayout.DivideUp(batch, PrepackedLayout.DivideUp(batch, use.MaxRows));
        fixed (float* rows = x)
        {
            for (var first = 0; first < batch; first += pass)
            {
                Inputs.Begin(use, Math.Min(pass, batch - first));
                store = target.From(first);
                source = rows + ((nint)first * use.Columns);
                Begin(pieces, Inputs.Preparations);
                pool.Run(this, workOfRow * Inputs.Rows);
            }
        }

        Inputs.End();
    }

    protected sealed override void Prepare(int piece) => Inputs.Prepare(source, piece, scaleExponent);

    /// <summary>Stores the sums of some rows.</summary>
    /// <param name="totals">[input rows]: whole vectors of 16 floats, of which the first <paramref name="count"/> floats matter.</param>
    /// <param name="stride">Floats from the sums of an input row to those of the next.</param>
    /// <param name="row">First row of the matrix.</param>
    /// <param name="count">Rows, at least 1.</param>
    protected void Store(float* totals, nint stride, int row, int count) => store.Store(totals, stride, Inputs.Factors, firstRow + row, count);
}
