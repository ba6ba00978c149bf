using Reparam.Checkpoints.Packed;
using Reparam.Compression.Numerics;
using Reparam.Compression.ShiftAdd;
using Reparam.Compression.ShiftAdd.Binary;

namespace Reparam.Compression.Tests.ShiftAdd;

/// <summary>
/// Binary coding as the paper writes it, in double precision, one group at a time, with every code formed: the oracle of <see cref="BinaryCoder"/>.
/// W ≈ Σᵢ αᵢ·bᵢ; codes B [n, bits] of ±1; scales α refitted by conjugate gradients on (BᵀB)·α = Bᵀw; each weight given the nearest of the 2^bits sums.
/// </summary>
internal static class BinaryCodingReference
{
    /// <summary>Codes a matrix [rows, columns].</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="NonFiniteWeightException">A weight is NaN or infinite.</exception>
    public static EncodedMatrix Encode(ReadOnlySpan<float> weights, int rows, int columns, ShiftAddAttribute options, string tensor = "weights")
    {
        ShiftAddRanges.Require(options, ShiftAddLayout.Row);
        var normalization = Normalization.Of(weights, tensor);
        var groupSize = options.GroupSize == 0 ? columns : options.GroupSize;
        var groups = (columns + groupSize - 1) / groupSize;
        var wordsPerRow = (columns + 31) / 32;
        var codes = new uint[options.Bits * rows * wordsPerRow];
        var scales = new List<Half>();
        var terms = new List<byte>();
        double squaredError = 0, squaredNorm = 0;
        for (var row = 0; row < rows; row++)
        {
            for (var group = 0; group < groups; group++)
            {
                var begin = group * groupSize;
                var w = weights.Slice(row * columns + begin, Math.Min(groupSize, columns - begin)).ToArray().Select(x => Math.ScaleB(x, -normalization.ScaleExponent)).ToArray();
                var alpha = Fit(w, options);
                foreach (var scale in alpha)
                {
                    if (options.ScaleTerms == 0)
                    {
                        scales.Add((Half)scale);
                    }
                    else
                    {
                        terms.AddRange(PowersOfTwo(scale, options.ScaleTerms).Terms);
                    }
                }

                var stored = alpha.Select(a => options.ScaleTerms == 0 ? (double)(Half)a : a).ToArray();
                var b = NearestCodes(w, stored);
                squaredError += SquaredError(w, stored, b);
                squaredNorm += w.Sum(x => x * x);
                for (var k = 0; k < w.Length; k++)
                {
                    for (var i = 0; i < options.Bits; i++)
                    {
                        if (b[k, i] > 0)
                        {
                            codes[(i * rows + row) * wordsPerRow + (begin + k) / 32] |= 1u << ((begin + k) % 32);
                        }
                    }
                }
            }
        }

        var matrix = new BinaryCodedMatrix(
            rows, columns, options.Bits, options.GroupSize, normalization.ScaleExponent, codes, scales.ToArray(), terms.ToArray(), options.ScaleTerms);
        var exponent = 2 * normalization.ScaleExponent;
        return new EncodedMatrix(matrix, Math.ScaleB(squaredError, exponent), Math.ScaleB(squaredNorm, exponent));
    }

    /// <summary>The best scales found for one group, descending: the paper's alternation, and the best of <see cref="ScaleStarts"/>.</summary>
    public static double[] Fit(double[] w, ShiftAddAttribute options)
    {
        var largest = w.Max(Math.Abs);
        var trialRounds = ScaleStarts.RoundsOfTrial(options.Rounds, options.Quality);
        var trials = (options.Rounds == 0 ? [] : ScaleStarts.Shapes(options.Bits, options.Quality))
            .Select(shape => Alternate(w, shape.Select(x => x * largest).ToArray(), trialRounds, options.ScaleTerms))
            .ToArray();
        var finals = trials
            .OrderBy(trial => trial.LastError)
            .Take(ScaleStarts.Finalists)
            .Select(trial => Alternate(w, trial.Last, options.Rounds - trialRounds, options.ScaleTerms));
        return trials
            .Prepend(Alternate(w, Greedy(w, options.Bits), options.Rounds, options.ScaleTerms))
            .Concat(finals)
            .MinBy(end => end.Error).Best;
    }

    /// <summary>α₁ = mean |w|, b₁ = sign w, then the same for what is left.</summary>
    public static double[] Greedy(double[] w, int bits)
    {
        var remainder = (double[])w.Clone();
        var scales = new double[bits];
        for (var i = 0; i < bits; i++)
        {
            scales[i] = remainder.Average(Math.Abs);
            for (var k = 0; k < remainder.Length; k++)
            {
                remainder[k] -= remainder[k] < 0 ? -scales[i] : scales[i];
            }
        }

        return Descending(scales);
    }

    /// <summary>
    /// Reassigns the codes and refits the scales alternately, the best refit kept; scales made of powers of two are rounded in every round. The error of a refit is that
    /// at the codes that it was fitted to.
    /// </summary>
    public static (double[] Best, double Error, double[] Last, double LastError) Alternate(double[] w, double[] start, int rounds, int scaleTerms)
    {
        var scales = Round(start, scaleTerms);
        var error = double.PositiveInfinity;
        var best = (Scales: scales, Error: error);
        for (var round = 0; round < rounds; round++)
        {
            var codes = NearestCodes(w, scales);
            var refit = Refit(w, scales, codes);
            scales = Round(Descending(refit.Select(Math.Abs)), scaleTerms);
            error = SquaredError(w, scaleTerms == 0 ? refit : scales, scaleTerms == 0 ? codes : NearestCodes(w, scales));
            best = error < best.Error ? (scales, error) : best;
        }

        return (best.Scales, best.Error, scales, error);
    }

    /// <summary>Solves BᵀB·α = Bᵀw by conjugate gradients from the present scales; a singular system keeps what it does not determine.</summary>
    private static double[] Refit(double[] w, double[] scales, int[,] b)
    {
        var q = scales.Length;
        var a = (double[])scales.Clone();
        var remainder = new double[q];
        for (var i = 0; i < q; i++)
        {
            for (var k = 0; k < w.Length; k++)
            {
                var approximation = 0.0;
                for (var j = 0; j < q; j++)
                {
                    approximation += a[j] * b[k, j];
                }

                remainder[i] += b[k, i] * (w[k] - approximation);
            }
        }

        var direction = (double[])remainder.Clone();
        var squared = remainder.Sum(x => x * x);
        var negligible = 1e-24 * w.Length * w.Length * Math.Max(w.Max(x => x * x), double.Epsilon);
        for (var step = 0; step < q && squared > negligible; step++)
        {
            var image = new double[q];
            for (var k = 0; k < w.Length; k++)
            {
                var product = 0.0;
                for (var j = 0; j < q; j++)
                {
                    product += b[k, j] * direction[j];
                }

                for (var i = 0; i < q; i++)
                {
                    image[i] += b[k, i] * product;
                }
            }

            var length = squared / direction.Zip(image, (d, m) => d * m).Sum();
            for (var i = 0; i < q; i++)
            {
                a[i] += length * direction[i];
                remainder[i] -= length * image[i];
            }

            var next = remainder.Sum(x => x * x);
            for (var i = 0; i < q; i++)
            {
                direction[i] = remainder[i] + next / squared * direction[i];
            }

            squared = next;
        }

        return a;
    }

    /// <summary>B [n, bits]: for each weight the signs of the nearest sum; in the middle the one of larger magnitude.</summary>
    public static int[,] NearestCodes(double[] w, double[] scales)
    {
        var codes = new int[w.Length, scales.Length];
        for (var k = 0; k < w.Length; k++)
        {
            var nearest = -1;
            var distance = double.PositiveInfinity;
            var magnitude = 0.0;
            for (var pattern = 0; pattern < 1 << scales.Length; pattern++)
            {
                var sum = 0.0;
                for (var i = 0; i < scales.Length; i++)
                {
                    sum += ((pattern >> i) & 1) != 0 ? scales[i] : -scales[i];
                }

                var here = Math.Abs(w[k] - sum);
                if (here < distance || (here == distance && Math.Abs(sum) > magnitude))
                {
                    (nearest, distance, magnitude) = (pattern, here, Math.Abs(sum));
                }
            }

            for (var i = 0; i < scales.Length; i++)
            {
                codes[k, i] = ((nearest >> i) & 1) != 0 ? 1 : -1;
            }
        }

        return codes;
    }

    /// <summary>‖w − B·α‖².</summary>
    public static double SquaredError(double[] w, double[] scales, int[,] codes)
    {
        var sum = 0.0;
        for (var k = 0; k < w.Length; k++)
        {
            var remainder = w[k];
            for (var i = 0; i < scales.Length; i++)
            {
                remainder -= codes[k, i] * scales[i];
            }

            sum += remainder * remainder;
        }

        return sum;
    }

    private static double[] Round(double[] scales, int terms) =>
        terms == 0 ? scales : Descending(scales.Select(a => Math.Max(0, PowersOfTwo(a, terms).Value)).ToArray());

    /// <summary>A scale as a sum of signed powers of two: the power nearest in the logarithm, then the same for what is left.</summary>
    public static (double Value, byte[] Terms) PowersOfTwo(double scale, int terms)
    {
        var stored = new byte[terms];
        var value = 0.0;
        for (var i = 0; i < terms; i++)
        {
            var left = scale - value;
            var exponent = left == 0 ? int.MinValue : (int)Math.Round(Math.Log2(Math.Abs(left)));
            if (exponent > -BinaryCodedMatrix.TermBias)
            {
                stored[i] = BinaryCodedMatrix.EncodeTerm(left < 0, exponent);
                value += BinaryCodedMatrix.DecodeTerm(stored[i]);
            }
        }

        return (value, stored);
    }

    private static double[] Descending(IEnumerable<double> scales) => [.. scales.OrderDescending()];
}
