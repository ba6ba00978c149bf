namespace Reparam.Compression.Numerics;

/// <summary>What the factorizations share: matrices with their columns in one piece each, brought to a range in which no square overflows.</summary>
internal static class DenseMatrix
{
    /// <summary>Checks a matrix and gives its columns, divided by 2^exponent so that the largest magnitude lies in [1/2, 1).</summary>
    /// <param name="matrix">[rows, columns].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="exponent">0 for a matrix of zeros.</param>
    /// <returns>[columns, rows].</returns>
    /// <exception cref="ArgumentException">The size is not rows × columns, or an element is NaN or infinite.</exception>
    public static double[] Columns(ReadOnlySpan<double> matrix, int rows, int columns, out int exponent)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        if (matrix.Length != (long)rows * columns)
        {
            throw new ArgumentException($"a matrix has {matrix.Length} elements; expected {rows} × {columns}", nameof(matrix));
        }

        var largest = 0.0;
        for (var i = 0; i < matrix.Length; i++)
        {
            if (!double.IsFinite(matrix[i]))
            {
                throw new ArgumentException(
                    FormattableString.Invariant($"a matrix has {matrix[i]} in row {i / columns}, column {i % columns}; every element must be finite"),
                    nameof(matrix));
            }

            largest = Math.Max(largest, Math.Abs(matrix[i]));
        }

        exponent = largest == 0 ? 0 : Math.ILogB(largest) + 1;
        var result = new double[matrix.Length];
        for (var r = 0; r < rows; r++)
        {
            for (var c = 0; c < columns; c++)
            {
                result[c * rows + r] = Math.ScaleB(matrix[r * columns + c], -exponent);
            }
        }

        return result;
    }

    /// <summary>[columns, rows] of [rows, columns].</summary>
    public static double[] Transposed(ReadOnlySpan<double> matrix, int rows, int columns)
    {
        const int Block = 32;
        var result = new double[matrix.Length];
        for (var r0 = 0; r0 < rows; r0 += Block)
        {
            for (var c0 = 0; c0 < columns; c0 += Block)
            {
                for (var r = r0; r < Math.Min(r0 + Block, rows); r++)
                {
                    for (var c = c0; c < Math.Min(c0 + Block, columns); c++)
                    {
                        result[c * rows + r] = matrix[r * columns + c];
                    }
                }
            }
        }

        return result;
    }

    /// <summary>The same numbers as doubles.</summary>
    public static double[] Doubles(ReadOnlySpan<float> matrix)
    {
        var result = new double[matrix.Length];
        for (var i = 0; i < matrix.Length; i++)
        {
            result[i] = matrix[i];
        }

        return result;
    }

    /// <summary>Calls an action for 0 to count − 1, on several cores where that pays. No call may depend on another.</summary>
    /// <param name="count">Calls.</param>
    /// <param name="operations">Arithmetic operations of a call, about.</param>
    /// <param name="threads">Cores; 0 for all.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <param name="action">Called with each number.</param>
    public static void ForEach(int count, long operations, int threads, CancellationToken cancellation, Action<int> action)
    {
        // Who names a number of threads gets them earlier: others may need the cores more.
        var worthSharing = threads == 0 ? 1_000_000 : 20_000;
        cancellation.ThrowIfCancellationRequested();
        if (threads == 1 || count < 2 || count * operations < worthSharing)
        {
            for (var i = 0; i < count; i++)
            {
                action(i);
            }

            return;
        }

        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads == 0 ? -1 : threads, CancellationToken = cancellation }, action);
    }
}
