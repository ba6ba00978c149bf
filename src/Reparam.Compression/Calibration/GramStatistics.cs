namespace Reparam.Compression.Calibration;

/// <summary>What second moments look like.</summary>
/// <param name="MeanDiagonal">Mean of Hjj: the mean square of an input.</param>
/// <param name="MaxDiagonal">Largest Hjj.</param>
/// <param name="Outliers">Inputs whose root mean square is above <see cref="OutlierRatio"/> times the median of those that are not always 0.</param>
/// <param name="Dead">Inputs that are always 0.</param>
/// <param name="Condition">
/// Largest eigenvalue of H without its dead inputs divided by the smallest, by at most <see cref="Steps"/> steps of Lanczos's method: a lower bound above that
/// size. Infinite where H is singular in single precision or has seen fewer tokens than it has inputs.
/// </param>
public sealed record GramStatistics(double MeanDiagonal, double MaxDiagonal, int Outliers, int Dead, double Condition)
{
    /// <summary>How far an outlier lies above the median, in root mean squares.</summary>
    public const double OutlierRatio = 4;

    /// <summary>Maximum steps of Lanczos's method.</summary>
    public const int Steps = 64;

    // Below this share of the largest eigenvalue an element's rounding to single precision hides the smallest.
    private const double Noise = 1e-7;

    /// <summary>Measures H.</summary>
    /// <param name="gram">H.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static GramStatistics Of(Gram gram, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(gram);
        var columns = gram.Columns;
        var diagonal = new double[columns];
        for (var j = 0; j < columns; j++)
        {
            diagonal[j] = gram.Values.Span[(int)(((long)j * columns) + j)];
        }

        double[] live = [.. diagonal.Where(value => value > 0).Order()];
        var outliers = live.Count(value => value > OutlierRatio * OutlierRatio * live[live.Length / 2]);
        return new GramStatistics(diagonal.Average(), diagonal.Max(), outliers, columns - live.Length, ConditionOf(gram, diagonal, live.Length, cancellation));
    }

    private static double ConditionOf(Gram gram, double[] diagonal, int live, CancellationToken cancellation)
    {
        if (live == 0 || gram.Tokens < live)
        {
            return double.PositiveInfinity;
        }

        var (alphas, betas) = Lanczos(gram, diagonal, Math.Min(live, Steps), cancellation);
        var bound = alphas.Select(Math.Abs).Max() + (2 * betas.DefaultIfEmpty(0).Max());
        var largest = Eigenvalue(alphas, betas, alphas.Count, -bound, bound);
        var smallest = Eigenvalue(alphas, betas, 1, -bound, bound);
        return smallest > Noise * largest ? largest / smallest : double.PositiveInfinity;
    }

    // H in the basis of a Krylov space: tridiagonal, diagonal α and off-diagonal β. Dead inputs stay out of it.
    private static (List<double> Alphas, List<double> Betas) Lanczos(Gram gram, double[] diagonal, int steps, CancellationToken cancellation)
    {
        var random = new Random(1);
        var basis =
            new List<double[]> { Unit([.. diagonal.Select(value => random.NextDouble() - 0.5).Zip(diagonal, (start, value) => value > 0 ? start : 0)], out _) };
        var (alphas, betas) = (new List<double>(), new List<double>());
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var next = Times(gram, basis[^1]);
            alphas.Add(Dot(next, basis[^1]));
            if (alphas.Count == steps)
            {
                return (alphas, betas);
            }

            // Against all, twice: rounding would bring back what was taken out.
            foreach (var known in basis.Concat(basis))
            {
                var share = Dot(next, known);
                for (var j = 0; j < next.Length; j++)
                {
                    next[j] -= share * known[j];
                }
            }

            next = Unit(next, out var beta);
            if (!(beta > 1e-12 * Math.Abs(alphas[0])))
            {
                return (alphas, betas);
            }

            betas.Add(beta);
            basis.Add(next);
        }
    }

    private static double[] Times(Gram gram, double[] x)
    {
        var y = new double[x.Length];
        for (var i = 0; i < y.Length; i++)
        {
            var row = gram.Values.Span.Slice(i * x.Length, x.Length);
            var sum = 0.0;
            for (var j = 0; j < x.Length; j++)
            {
                sum += row[j] * x[j];
            }

            y[i] = sum;
        }

        return y;
    }

    private static double Dot(double[] x, double[] y)
    {
        var sum = 0.0;
        for (var j = 0; j < x.Length; j++)
        {
            sum += x[j] * y[j];
        }

        return sum;
    }

    private static double[] Unit(double[] x, out double length)
    {
        var norm = length = Math.Sqrt(Dot(x, x));
        return norm > 0 ? [.. x.Select(value => value / norm)] : x;
    }

    // The k-th smallest eigenvalue of a tridiagonal matrix, by halving: pivots below 0 count the eigenvalues below x.
    private static double Eigenvalue(List<double> alphas, List<double> betas, int k, double low, double high)
    {
        for (var round = 0; round < 100; round++)
        {
            var x = (low + high) / 2;
            var below = 0;
            var pivot = 1.0;
            for (var i = 0; i < alphas.Count; i++)
            {
                pivot = alphas[i] - x - (i == 0 ? 0 : betas[i - 1] * betas[i - 1] / pivot);
                pivot = pivot == 0 ? double.Epsilon : pivot;
                below += pivot < 0 ? 1 : 0;
            }

            (low, high) = below >= k ? (low, x) : (x, high);
        }

        return (low + high) / 2;
    }
}
