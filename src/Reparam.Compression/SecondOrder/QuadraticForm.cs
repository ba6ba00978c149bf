using System.Runtime.CompilerServices;
using Reparam.Compression.Calibration;
using Reparam.Compression.Numerics;

namespace Reparam.Compression.SecondOrder;

/// <summary>Sums under H in double precision, in a fixed order.</summary>
internal static class QuadraticForm
{
    /// <summary>Σ over rows of (w − q)ᵀ·H·(w − q) and of wᵀ·H·w.</summary>
    /// <param name="weights">W, [rows, columns].</param>
    /// <param name="decoded">Q, [rows, columns].</param>
    /// <param name="gram">H.</param>
    /// <param name="cancellation">Ends the work.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (double Error, double Norm) OfErrorAndNorm(
        ReadOnlySpan<float> weights, ReadOnlySpan<float> decoded, Gram gram, CancellationToken cancellation = default)
    {
        var columns = gram.Columns;
        var difference = new double[columns];
        var dense = new double[columns];
        var hessianRow = new double[columns];
        double error = 0, norm = 0;
        for (var row = 0; row < weights.Length; row += columns)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var k = 0; k < columns; k++)
            {
                dense[k] = weights[row + k];
                difference[k] = dense[k] - decoded[row + k];
            }

            for (var i = 0; i < columns; i++)
            {
                var h = gram.Values.Span.Slice(i * columns, columns);
                for (var k = 0; k < columns; k++)
                {
                    hessianRow[k] = h[k];
                }

                error += DoubleVectors.Dot(hessianRow, difference) * difference[i];
                norm += DoubleVectors.Dot(hessianRow, dense) * dense[i];
            }
        }

        return (Math.Max(error, 0), Math.Max(norm, 0));
    }
}
