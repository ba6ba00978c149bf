using Reparam.Compression.ShiftAdd;

namespace Reparam.Compression.Tests.ShiftAdd;

/// <summary>
/// The algorithm as published (ShiftAddLLM's inner solver, after Xu et al. 2018), without calibration: greedy start, then rounds of one conjugate-gradient
/// refit with 1e-6 in the denominators, absolute values sorted, rounded to powers of two when asked, and the nearest of all sums; ties to the larger sum; the last iterate is kept.
/// </summary>
internal static class PublishedBinaryCoding
{
    public static double RelativeError(float[] weights, int rows, int columns, int bits, int groupSize, int rounds)
    {
        double error = 0, norm = 0;
        for (var row = 0; row < rows; row++)
        {
            for (var begin = 0; begin < columns; begin += groupSize)
            {
                var w = weights.AsSpan(row * columns + begin, Math.Min(groupSize, columns - begin)).ToArray().Select(x => (double)x).ToArray();
                error += SquaredError(w, bits, rounds);
                norm += w.Sum(x => x * x);
            }
        }

        return Math.Sqrt(error / norm);
    }

    public static double SquaredError(double[] w, int bits, int rounds) => Fit(w, bits, rounds, terms: 0).SquaredError;

    public static double[] Sums(double[] alpha) =>
        [.. Enumerable.Range(0, 1 << alpha.Length).Select(pattern => alpha.Select((a, i) => ((pattern >> i) & 1) != 0 ? a : -a).Sum())];

    public static (double[] Scales, double SquaredError) Fit(double[] w, int bits, int rounds, int terms)
    {
        var n = w.Length;
        var codes = new double[n, bits];
        var alpha = new double[bits];
        var remainder = (double[])w.Clone();
        for (var i = 0; i < bits; i++)
        {
            alpha[i] = remainder.Average(Math.Abs);
            for (var k = 0; k < n; k++)
            {
                codes[k, i] = Math.Sign(remainder[k]);
                remainder[k] -= alpha[i] * codes[k, i];
            }
        }

        for (var round = 0; round < rounds; round++)
        {
            alpha = [.. Refit(w, codes, alpha).Select(Math.Abs).OrderDescending()];
            alpha = terms == 0 ? alpha : [.. alpha.Select(a => BinaryCodingReference.PowersOfTwo(a, terms).Value)];
            Reassign(w, alpha, codes);
        }

        var error = 0.0;
        for (var k = 0; k < n; k++)
        {
            var left = w[k];
            for (var i = 0; i < bits; i++)
            {
                left -= codes[k, i] * alpha[i];
            }

            error += left * left;
        }

        return (alpha, error);
    }

    private static double[] Refit(double[] w, double[,] b, double[] start)
    {
        const double Epsilon = 1e-6;
        var q = start.Length;
        var gram = new double[q, q];
        var residual = new double[q];
        for (var i = 0; i < q; i++)
        {
            for (var k = 0; k < w.Length; k++)
            {
                residual[i] += b[k, i] * w[k];
                for (var j = 0; j < q; j++)
                {
                    gram[i, j] += b[k, i] * b[k, j];
                }
            }

            for (var j = 0; j < q; j++)
            {
                residual[i] -= gram[i, j] * start[j];
            }
        }

        var x = (double[])start.Clone();
        var p = (double[])residual.Clone();
        var rr = residual.Sum(r => r * r);
        for (var step = 0; step < q; step++)
        {
            var image = Enumerable.Range(0, q).Select(i => Enumerable.Range(0, q).Sum(j => gram[i, j] * p[j])).ToArray();
            var length = rr / (Enumerable.Range(0, q).Sum(i => p[i] * image[i]) + Epsilon);
            for (var i = 0; i < q; i++)
            {
                x[i] += length * p[i];
                residual[i] -= length * image[i];
            }

            var next = residual.Sum(r => r * r);
            for (var i = 0; i < q; i++)
            {
                p[i] = residual[i] + next / (rr + Epsilon) * p[i];
            }

            rr = next;
        }

        return x;
    }

    private static void Reassign(double[] w, double[] alpha, double[,] codes)
    {
        var patterns = Enumerable.Range(0, 1 << alpha.Length).ToArray();
        var sums = Sums(alpha);
        Array.Sort(sums, patterns);
        for (var k = 0; k < w.Length; k++)
        {
            var place = 0;
            while (place + 1 < sums.Length && w[k] >= (sums[place] + sums[place + 1]) / 2)
            {
                place++;
            }

            for (var i = 0; i < alpha.Length; i++)
            {
                codes[k, i] = ((patterns[place] >> i) & 1) != 0 ? 1 : -1;
            }
        }
    }
}
