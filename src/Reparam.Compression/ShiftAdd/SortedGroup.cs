namespace Reparam.Compression.ShiftAdd;

/// <summary>The magnitudes of one group in ascending order with running sums, so that the error of any scales is a few binary searches.</summary>
internal readonly ref struct SortedGroup
{
    private readonly ReadOnlySpan<float> magnitudes;
    private readonly Span<double> sums;
    private readonly double squaredNorm;

    /// <summary>Takes the magnitudes, ascending, and room for length + 1 running sums.</summary>
    public SortedGroup(ReadOnlySpan<float> magnitudes, Span<double> sums)
    {
        this.magnitudes = magnitudes;
        this.sums = sums;
        sums[0] = 0;
        for (var k = 0; k < magnitudes.Length; k++)
        {
            sums[k + 1] = sums[k] + magnitudes[k];
            squaredNorm += (double)magnitudes[k] * magnitudes[k];
        }
    }

    /// <summary>The magnitudes, ascending.</summary>
    public ReadOnlySpan<float> Magnitudes => magnitudes;

    /// <summary>Σ (x − nearest level)².</summary>
    /// <param name="levels">Ascending, ≥ 0.</param>
    public double SquaredError(ReadOnlySpan<double> levels)
    {
        var error = squaredNorm;
        var begin = 0;
        for (var r = 0; r < levels.Length && begin < magnitudes.Length; r++)
        {
            var end = r + 1 < levels.Length ? FirstAtLeast((levels[r] + levels[r + 1]) * 0.5, begin) : magnitudes.Length;
            error += levels[r] * ((end - begin) * levels[r] - 2 * (sums[end] - sums[begin]));
            begin = end;
        }

        return error;
    }

    private int FirstAtLeast(double threshold, int low)
    {
        var high = magnitudes.Length;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (magnitudes[middle] < threshold)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
