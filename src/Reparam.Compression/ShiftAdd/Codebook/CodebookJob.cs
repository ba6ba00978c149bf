using Reparam.Compression.Numerics;

namespace Reparam.Compression.ShiftAdd.Codebook;

/// <summary>The rows of a matrix in units of their root mean square.</summary>
internal sealed class CodebookJob
{
    private readonly ReadOnlyMemory<float> weights;

    private readonly ReadOnlyMemory<float> own;

    /// <param name="weights">[rows, columns] to code.</param>
    /// <param name="own">[rows, columns] that the weight error is told against.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="normalization">Range of the weights to code.</param>
    public CodebookJob(ReadOnlyMemory<float> weights, ReadOnlyMemory<float> own, int rows, int columns, Normalization normalization)
    {
        this.weights = weights;
        this.own = own;
        Rows = rows;
        Columns = columns;
        Normalization = normalization;
        Scales = new Half[rows];
        for (var row = 0; row < rows; row++)
        {
            var sum = 0.0;
            foreach (var weight in Row(row))
            {
                var value = (double)normalization.Apply(weight);
                sum += value * value;
            }

            Scales[row] = (Half)Math.Sqrt(sum / columns);
        }
    }

    public int Rows { get; }

    public int Columns { get; }

    public Normalization Normalization { get; }

    /// <summary>Root mean square of each row, after normalization.</summary>
    public Half[] Scales { get; }

    /// <summary>The weights of a row.</summary>
    public ReadOnlySpan<float> Row(int row) => weights.Span.Slice(row * Columns, Columns);

    /// <summary>The weights of a row that the weight error is told against.</summary>
    public ReadOnlySpan<float> OwnRow(int row) => own.Span.Slice(row * Columns, Columns);

    /// <summary>Writes a row in units of its scale. False for a row of zeros, which is left alone.</summary>
    public bool FillRow(int row, Span<float> destination)
    {
        var scale = (float)Scales[row];
        if (scale == 0)
        {
            return false;
        }

        var source = Row(row);
        for (var k = 0; k < Columns; k++)
        {
            destination[k] = Normalization.Apply(source[k]) / scale;
        }

        return true;
    }

    /// <summary>Rows to learn from: some that are not zero, chosen by the seed, with at least a number of weights in all if there are as many.</summary>
    public List<float[]> Sample(int size, int seed)
    {
        var order = new int[Rows];
        for (var row = 0; row < Rows; row++)
        {
            order[row] = row;
        }

        new Random(seed).Shuffle(order);
        var sample = new List<float[]>();
        for (var i = 0; i < Rows && (long)sample.Count * Columns < size; i++)
        {
            var row = new float[Columns];
            if (FillRow(order[i], row))
            {
                sample.Add(row);
            }
        }

        return sample;
    }
}
