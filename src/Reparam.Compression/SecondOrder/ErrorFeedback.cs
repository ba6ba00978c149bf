using Reparam.Compression.Calibration;
using Reparam.Compression.Numerics;

namespace Reparam.Compression.SecondOrder;

/// <summary>
/// Rounding with error feedback, as GPTQ does it (Frantar et al., arXiv 2210.17323, after Optimal Brain Quantization, arXiv 2208.11580): columns are rounded
/// one after the other, and each takes the errors of those before it into account so that the layer's output error Σ (q − w)·H·(q − w)ᵀ stays small. Any format
/// can be rounded to: it is an <see cref="IColumnQuantizer"/>.
/// </summary>
/// <remarks>
/// H is damped by a share of its mean diagonal, by more where it cannot be factored, and never inverted: with H = (Ů + I)·D·(Ů + I)ᵀ in the order of
/// coding, column k is rounded from w_k − Σ_i (q_i − w_i)·Ů[i, k] over the columns i before it (LDLQ, Chee et al., arXiv 2307.13304, which is GPTQ in exact
/// arithmetic). The result is the same bit by bit for every number of threads and on every machine.
/// </remarks>
public sealed class ErrorFeedback
{
    // Rows that are worked on together; rows do not meet, so no result depends on it.
    private const int TileRows = 64;

    private readonly DampedFactor factor;
    private readonly int[] groupOrder;
    private readonly int[] columnAt;

    private ErrorFeedback(DampedFactor factor, int[] groupOrder, int[] columnAt, int groupColumns)
    {
        this.factor = factor;
        this.groupOrder = groupOrder;
        this.columnAt = columnAt;
        GroupColumns = groupColumns;
    }

    /// <summary>Columns of a group; the last group may be narrower.</summary>
    public int GroupColumns { get; }

    /// <summary>The columns of the matrix in the order in which they are rounded; the columns of a group follow each other.</summary>
    public ReadOnlyMemory<int> Order => columnAt;

    internal ReadOnlySpan<int> GroupOrder => groupOrder;

    internal Compensation Compensation => factor.Compensation;

    /// <summary>Prepares the second moments of a layer's inputs.</summary>
    /// <param name="gram">H, [columns, columns].</param>
    /// <param name="groupColumns">Columns that share what <see cref="IColumnQuantizer.BeginGroup"/> chooses; 0 for all columns of a row.</param>
    /// <param name="actOrder">
    /// Whether groups, and the columns within each, are rounded by falling second moment of their inputs; nothing of this order need be stored. Otherwise as
    /// they stand.
    /// </param>
    /// <param name="threads">Cores; 0 for all.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <param name="damping">Share of H's mean diagonal that is added to the diagonal, above 0 and at most 1.</param>
    /// <returns>Null where H says nothing, because all inputs were zero, or where no damping makes it positive definite: then round to the nearest.</returns>
    /// <exception cref="ArgumentException">H does not have columns × columns values, or a number is out of range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ErrorFeedback? TryCreate(
        Gram gram, int groupColumns, bool actOrder = true, int threads = 0, CancellationToken cancellation = default, double damping = 0.01)
    {
        ArgumentNullException.ThrowIfNull(gram);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(damping);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(damping, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(groupColumns);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        if (gram.Columns < 1 || gram.Values.Length != (long)gram.Columns * gram.Columns)
        {
            throw new ArgumentException($"second moments of {gram.Columns} inputs have {gram.Values.Length} values; expected a square", nameof(gram));
        }

        if (LayerHessian.Of(gram) is not { } moments)
        {
            return null;
        }

        var width = groupColumns == 0 ? gram.Columns : Math.Min(groupColumns, gram.Columns);
        var groups = (gram.Columns + width - 1) / width;
        var groupOrder = actOrder ? ActOrder.Blocks(gram, width) : ActOrder.Natural(groups);
        var sorted = actOrder ? ActOrder.Columns(gram, width) : ActOrder.Natural(gram.Columns);
        int[] columnAt = [.. groupOrder.SelectMany(group => sorted.AsSpan(group * width, Math.Min(width, sorted.Length - group * width)).ToArray())];
        return DampedFactor.TryCreate(moments, columnAt, ActOrder.Natural(columnAt.Length), threads, cancellation, damping) is { } factor
            ? new ErrorFeedback(factor, groupOrder, columnAt, width)
            : null;
    }

    /// <summary>Rounds a matrix.</summary>
    /// <param name="weights">W, [rows, columns].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="quantizer">The format to round to.</param>
    /// <param name="tensor">Name of the tensor, for errors.</param>
    /// <param name="threads">Cores; 0 for all.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <returns>What it cost.</returns>
    /// <exception cref="ArgumentException">The weights are not rows × columns.</exception>
    /// <exception cref="NonFiniteWeightException">A weight is NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public FeedbackErrors Run(
        ReadOnlyMemory<float> weights, int rows, IColumnQuantizer quantizer, string tensor, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        if (weights.Length != (long)rows * columnAt.Length)
        {
            throw new ArgumentException($"tensor '{tensor}' has {weights.Length} weights; expected {rows} × {columnAt.Length}", nameof(weights));
        }

        var normalization = Normalization.Of(weights.Span, tensor);
        var capacity = Math.Min(TileRows, (rows + RankUpdate.Lanes - 1) / RankUpdate.Lanes * RankUpdate.Lanes);
        var tiles = (rows + capacity - 1) / capacity;
        var errors = new FeedbackErrors[tiles];
        FeedbackTile Round(int index, FeedbackTile tile)
        {
            errors[index] = tile.Round(weights.Span, rows, index, normalization, quantizer, cancellation);
            return tile;
        }

        if (threads == 1 || tiles == 1)
        {
            using var tile = new FeedbackTile(this, capacity);
            for (var index = 0; index < tiles; index++)
            {
                Round(index, tile);
            }
        }
        else
        {
            Parallel.For(
                0, tiles, new ParallelOptions { MaxDegreeOfParallelism = threads == 0 ? -1 : threads, CancellationToken = cancellation },
                () => new FeedbackTile(this, capacity), (index, _, tile) => Round(index, tile), static tile => tile.Dispose());
        }

        // Rows are added up in their order; the damped sums lose what the damping added.
        var (error, norm) = (errors.Sum(tile => tile.SquaredError), errors.Sum(tile => tile.SquaredNorm));
        var damping = factor.Moments.Damping(factor.Share);
        var squared = 2 * normalization.ScaleExponent;
        return new FeedbackErrors(
            Math.ScaleB(error, squared),
            Math.ScaleB(norm, squared),
            Math.ScaleB(Math.Max(0, errors.Sum(tile => tile.SquaredOutputError) - damping * error), squared + factor.Moments.Exponent),
            Math.ScaleB(Math.Max(0, errors.Sum(tile => tile.SquaredOutputNorm) - damping * norm), squared + factor.Moments.Exponent));
    }
}
