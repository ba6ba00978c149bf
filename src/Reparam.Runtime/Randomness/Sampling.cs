using Reparam.Runtime.Kernels;

namespace Reparam.Runtime.Randomness;

/// <summary>Draws whose number of steps depends on what is drawn.</summary>
internal static class Sampling
{
    /// <summary>
    /// A number of the Poisson distribution: below a mean of 10 by products of uniform numbers, above by transformed rejection (Hörmann, "The transformed
    /// rejection method for generating Poisson random variables", 1993, algorithm PTRS).
    /// </summary>
    public static double Poisson(double mean, MersenneTwister engine)
    {
        if (mean == 0)
        {
            return 0;
        }

        return mean < 10 ? ByProducts(mean, engine) : ByRejection(mean, engine);
    }

    /// <summary>
    /// Positions of a row, or of each row of a matrix, drawn by weight. Without replacement, or for one position, the largest quotients of weight and
    /// exponential draw win; else a uniform number is looked up in the running sums.
    /// </summary>
    public static Tensor Multinomial(Tensor weights, long count, bool replacement, Generator? generator)
    {
        var shape = Layout.Describe(weights.Shape);
        if (weights.Rank is not (1 or 2) || !weights.IsFloatingPoint())
        {
            throw new ArgumentException($"multinomial takes one or two dimensions of floating-point weights, not {shape} of {weights.Dtype}.");
        }

        if (count < 1 || (!replacement && count > weights.Shape[^1]))
        {
            throw new ArgumentException(
                $"multinomial: {count} positions cannot be drawn from the weights {shape}{(replacement ? "" : " without replacement")}.");
        }

        Check(weights);
        if (replacement && count > 1)
        {
            return ByRunningSums(weights, (int)count, generator);
        }

        var quotients = weights.Div(Torch.EmptyLike(weights).Exponential_(1, generator));
        return count == 1 ? quotients.Argmax(-1, keepdim: true) : quotients.Topk((int)count).indexes;
    }

    private static void Check(Tensor weights)
    {
        var values = weights.ToType(DType.Float64).ToArray<double>();
        var columns = (int)weights.Shape[^1];
        for (var start = 0; start < values.Length; start += columns)
        {
            double sum = 0;
            foreach (var value in values.AsSpan(start, columns))
            {
                sum += value >= 0 && double.IsFinite(value)
                    ? value
                    : throw new ArgumentException($"multinomial: a weight is {value}; it must be finite, 0 or more.");
            }

            if (sum <= 0)
            {
                throw new ArgumentException("multinomial: the weights of a row sum to zero.");
            }
        }
    }

    private static Tensor ByRunningSums(Tensor weights, int count, Generator? generator)
    {
        var columns = (int)weights.Shape[^1];
        var isSingle = weights.Dtype == DType.Float32;
        var values = weights.ToType(DType.Float64).ToArray<double>();
        for (var start = 0; start < values.Length; start += columns)
        {
            var row = values.AsSpan(start, columns);
            double sum = 0;
            for (var i = 0; i < columns; i++)
            {
                row[i] = sum = Rounded(sum + row[i]);
            }

            for (var i = 0; i < columns; i++)
            {
                row[i] = i == columns - 1 ? 1 : Rounded(row[i] / sum);
            }
        }

        long[] shape = weights.Rank == 1 ? [count] : [weights.Shape[0], count];
        var result = Tensor.Allocate(DType.Int64, shape);
        var next = 0;
        Drawing.Each(result, generator, engine => Position(values.AsSpan(next++ / count * columns, columns), engine.NextDouble()));
        return result;

        double Rounded(double value) => isSingle ? (float)value : value;
    }

    // The first position whose running sum reaches the number.
    private static long Position(ReadOnlySpan<double> sums, double number)
    {
        var (low, high) = (0, sums.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = sums[middle] < number ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private static double ByProducts(double mean, MersenneTwister engine)
    {
        var (limit, product, count) = (Math.Exp(-mean), engine.NextDouble(), 0);
        while (product > limit)
        {
            product *= engine.NextDouble();
            count++;
        }

        return count;
    }

    private static double ByRejection(double mean, MersenneTwister engine)
    {
        var b = 0.931 + 2.53 * Math.Sqrt(mean);
        var a = -0.059 + 0.02483 * b;
        var inverse = 1.1239 + 1.1328 / (b - 3.4);
        var quick = 0.9277 - 3.6224 / (b - 2);
        while (true)
        {
            var u = engine.NextDouble() - 0.5;
            var v = engine.NextDouble();
            var edge = 0.5 - Math.Abs(u);
            var count = Math.Floor((2 * a / edge + b) * u + mean + 0.43);
            if (edge >= 0.07 && v <= quick)
            {
                return count;
            }

            if (count >= 0 && (edge >= 0.013 || v <= edge)
                && Math.Log(v) + Math.Log(inverse) - Math.Log(a / (edge * edge) + b) <= -mean + count * Math.Log(mean) - SpecialFunctions.LogGamma(count + 1))
            {
                return count;
            }
        }
    }
}
