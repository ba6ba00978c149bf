using System.Runtime.Intrinsics;
using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.ShiftAdd;

/// <summary>
/// The weights of a matrix that lie far out of the range of the others, and what a coding makes of them and of the rows that share scales with them.
/// </summary>
/// <remarks>
/// An outlier is more than 16 standard deviations out; the deviation is that of a normal distribution with the same mean magnitude, which the outliers hardly
/// move.
/// </remarks>
internal sealed class Outliers
{
    /// <summary>Standard deviations from which on a weight is an outlier.</summary>
    public const double Deviations = 16;

    // √(π/2): the standard deviation of normal weights with a mean magnitude of 1.
    private const double OfMeanMagnitude = 1.2533141373155003;

    // More outliers than one weight in 256 are no outliers but the tail of the distribution.
    private const int WeightsOfOutlier = 256;

    private readonly ReadOnlyMemory<float> weights;
    private readonly int rows;
    private readonly int columns;
    private readonly double deviation;

    // In row-major order.
    private readonly List<long> places;

    private Outliers(ReadOnlyMemory<float> weights, int rows, int columns, double deviation, List<long> places)
    {
        this.weights = weights;
        this.rows = rows;
        this.columns = columns;
        this.deviation = deviation;
        this.places = places;
    }

    /// <summary>Finds them; null where there are none, which one pass over the weights tells.</summary>
    /// <param name="weights">[rows, columns], finite.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    public static Outliers? Of(ReadOnlyMemory<float> weights, int rows, int columns)
    {
        var deviation = Deviation(weights.Span, out var largest);
        if (largest <= Deviations * deviation)
        {
            return null;
        }

        var places = new List<long>();
        var limit = weights.Length / WeightsOfOutlier + 1;
        var span = weights.Span;
        for (var i = 0; i < span.Length && places.Count <= limit; i++)
        {
            if (Math.Abs(span[i]) > Deviations * deviation)
            {
                places.Add(i);
            }
        }

        return places.Count > limit ? null : new Outliers(weights, rows, columns, deviation, places);
    }

    /// <summary>Measures a coding.</summary>
    /// <param name="matrix">The coding.</param>
    /// <param name="usual">The relative error that rows may be expected to have; null for that of the coding's own rows elsewhere.</param>
    public OutlierDamage Measure(CodedMatrix matrix, double? usual = null)
    {
        var errors = new double[rows];
        var lost = 0.0;
        var lostPlace = places[0];
        var row = new float[columns];
        var next = 0;
        for (var r = 0; r < rows; r++)
        {
            matrix.DecodeRow(r, row);
            double error = 0, norm = 0;
            var own = weights.Span.Slice(r * columns, columns);
            for (var k = 0; k < columns; k++)
            {
                var difference = (double)row[k] - own[k];
                if (next < places.Count && places[next] == ((long)r * columns) + k)
                {
                    var share = Math.Abs(difference / own[k]);
                    (lost, lostPlace) = share > lost ? (share, places[next]) : (lost, lostPlace);
                    next++;
                    continue;
                }

                error += difference * difference;
                norm += (double)own[k] * own[k];
            }

            errors[r] = norm > 0 ? Math.Sqrt(error / norm) : double.NaN;
        }

        var beside = Neighbours(RowsOfBlock(matrix));
        var expected = usual ?? MedianWithout(errors, beside);
        var (factor, worst, cause) = (0.0, 0, places[0]);
        foreach (var (r, place) in expected > 0 ? beside : [])
        {
            if (errors[r] / expected > factor)
            {
                (factor, worst, cause) = (errors[r] / expected, r, place);
            }
        }

        return new OutlierDamage(lost, lostPlace, factor, worst, cause, expected);
    }

    /// <summary>Row and column of an outlier, and how far out it is.</summary>
    public (int Row, int Column, double Deviations) Describe(long place) =>
        ((int)(place / columns), (int)(place % columns), Math.Abs((double)weights.Span[(int)place]) / deviation);

    // The rows that share scales with an outlier, each with one of those.
    private Dictionary<int, long> Neighbours(int height)
    {
        var beside = new Dictionary<int, long>();
        foreach (var place in places)
        {
            var first = (int)(place / columns) / height * height;
            for (var r = first; r < Math.Min(rows, first + height); r++)
            {
                beside.TryAdd(r, place);
            }
        }

        return beside;
    }

    private static double MedianWithout(double[] errors, Dictionary<int, long> rows)
    {
        double[] elsewhere = [.. errors.Where((error, r) => !double.IsNaN(error) && !rows.ContainsKey(r)).Order()];
        return elsewhere.Length == 0 ? 0 : elsewhere[elsewhere.Length / 2];
    }

    private static int RowsOfBlock(CodedMatrix matrix) => matrix switch
    {
        NestedMatrix nested => nested.SuperRows,
        BinaryCodedMatrix binary => binary.BlockRows,
        _ => 1,
    };

    // Always 512 bits, so that the sum is the same on every machine.
    private static double Deviation(ReadOnlySpan<float> weights, out double largest)
    {
        var sums = Vector512<double>.Zero;
        var maxima = Vector512<float>.Zero;
        var k = 0;
        for (; k + Vector512<float>.Count <= weights.Length; k += Vector512<float>.Count)
        {
            var magnitudes = Vector512.Abs(Vector512.Create(weights[k..]));
            var (low, high) = Vector512.Widen(magnitudes);
            sums += low;
            sums += high;
            maxima = Vector512.Max(maxima, magnitudes);
        }

        var sum = 0.0;
        for (var i = 0; i < Vector512<double>.Count; i++)
        {
            sum += sums[i];
        }

        largest = 0;
        for (var i = 0; i < Vector512<float>.Count; i++)
        {
            largest = Math.Max(largest, maxima[i]);
        }

        for (; k < weights.Length; k++)
        {
            var magnitude = Math.Abs((double)weights[k]);
            sum += magnitude;
            largest = Math.Max(largest, magnitude);
        }

        return OfMeanMagnitude * sum / weights.Length;
    }
}
