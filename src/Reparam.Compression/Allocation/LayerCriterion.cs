using Reparam.Compression.Calibration;
using Reparam.Compression.SecondOrder;

namespace Reparam.Compression.Allocation;

/// <summary>
/// The criterion by which ShiftAddLLM (You et al., 2024) allocates widths: ‖W/d‖·σ(W/d)² with d_j = U_jj, H⁻¹ = UᵀU for the second moments H of the inputs, so
/// that a weight counts by what its error does to the output that later columns cannot make up for.
/// </summary>
internal static class LayerCriterion
{
    // Of the mean second moment, added to each.
    private const double Damping = 0.01;

    /// <summary>The criterion of a layer.</summary>
    /// <param name="weights">[rows, columns].</param>
    /// <param name="rows">Outputs.</param>
    /// <param name="columns">Inputs.</param>
    /// <param name="gram">H; null for d = 1.</param>
    /// <param name="threads">Cores; 0 for all.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static double Of(ReadOnlyMemory<float> weights, int rows, int columns, Gram? gram, int threads, CancellationToken cancellation)
    {
        var inverse = gram is null ? Enumerable.Repeat(1.0, columns).ToArray() : InverseDiagonal(gram, threads, cancellation);
        var (sum, squares) = (0.0, 0.0);
        for (var row = 0; row < rows; row++)
        {
            var values = weights.Span.Slice(row * columns, columns);
            for (var column = 0; column < columns; column++)
            {
                var scaled = values[column] * inverse[column];
                sum += scaled;
                squares += scaled * scaled;
            }
        }

        var count = (double)rows * columns;
        var mean = sum / count;
        return Math.Sqrt(squares) * Math.Max(0, squares / count - mean * mean);
    }

    /// <summary>
    /// 1/U_jj; 0 for an input that is always 0. With the columns in reverse order H = L·Lᵀ gives U = L⁻¹ read backwards, so no inverse is formed: 1/U_jj is the
    /// diagonal of L.
    /// </summary>
    private static double[] InverseDiagonal(Gram gram, int threads, CancellationToken cancellation)
    {
        var n = gram.Columns;
        var values = gram.Values.Span;
        var mean = 0.0;
        for (var column = 0; column < n; column++)
        {
            mean += (double)values[column * n + column] / n;
        }

        var stride = Cholesky.Stride(n);
        var reversed = new double[n * stride];
        for (var i = 0; i < n; i++)
        {
            var row = values.Slice((n - 1 - i) * n, n);
            for (var j = 0; j <= i; j++)
            {
                reversed[i * stride + j] = row[n - 1 - j];
            }

            reversed[i * stride + i] += row[n - 1 - i] == 0 ? 1 : Damping * mean;
        }

        // Damped, second moments have no small pivots; what is no matrix of second moments counts as if there were none.
        return Cholesky.TryFactor(reversed, n, 0, threads, cancellation)
            ? [.. Enumerable.Range(0, n).Select(
                column => gram.Values.Span[column * n + column] == 0 ? 0 : reversed[(n - 1 - column) * stride + (n - 1 - column)])]
            : [.. Enumerable.Repeat(1.0, n)];
    }
}
