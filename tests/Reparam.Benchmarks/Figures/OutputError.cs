using System.Runtime.Intrinsics;
using Reparam.Compression.Calibration;

namespace Reparam.Benchmarks.Figures;

/// <summary>How far a coded matrix is from the dense one.</summary>
internal static class OutputError
{
    /// <summary>‖X·(W − Q)ᵀ‖ / ‖X·Wᵀ‖ over the inputs of which H = mean of x·xᵀ.</summary>
    /// <param name="weights">W, [rows, columns].</param>
    /// <param name="decoded">Q, [rows, columns].</param>
    /// <param name="gram">H.</param>
    public static double Relative(ReadOnlySpan<float> weights, ReadOnlySpan<float> decoded, Gram gram)
    {
        var columns = gram.Columns;
        var difference = new double[columns];
        var dense = new double[columns];
        double error = 0, norm = 0;
        for (var row = 0; row < weights.Length; row += columns)
        {
            for (var k = 0; k < columns; k++)
            {
                dense[k] = weights[row + k];
                difference[k] = dense[k] - decoded[row + k];
            }

            for (var i = 0; i < columns; i++)
            {
                var h = gram.Values.Span.Slice(i * columns, columns);
                error += Dot(h, difference) * difference[i];
                norm += Dot(h, dense) * dense[i];
            }
        }

        return Ratio(error, norm);
    }

    /// <summary>‖W − Q‖ / ‖W‖.</summary>
    public static double Weight(ReadOnlySpan<float> weights, ReadOnlySpan<float> decoded)
    {
        double error = 0, norm = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            var difference = (double)weights[i] - decoded[i];
            error += difference * difference;
            norm += (double)weights[i] * weights[i];
        }

        return Ratio(error, norm);
    }

    private static double Dot(ReadOnlySpan<float> h, ReadOnlySpan<double> x)
    {
        var lanes = Vector512<double>.Zero;
        var k = 0;
        for (; k + Vector512<float>.Count <= x.Length; k += Vector512<float>.Count)
        {
            var (low, high) = Vector512.Widen(Vector512.Create(h[k..]));
            lanes += low * Vector512.Create(x[k..]);
            lanes += high * Vector512.Create(x[(k + Vector512<double>.Count)..]);
        }

        var sum = 0.0;
        for (var lane = 0; lane < Vector512<double>.Count; lane++)
        {
            sum += lanes[lane];
        }

        for (; k < x.Length; k++)
        {
            sum += h[k] * x[k];
        }

        return sum;
    }

    private static double Ratio(double error, double norm) => norm == 0 ? Math.Sqrt(error) : Math.Sqrt(Math.Max(error, 0) / norm);
}
