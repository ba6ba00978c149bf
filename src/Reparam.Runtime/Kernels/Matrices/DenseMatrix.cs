namespace Reparam.Runtime.Kernels.Matrices;

/// <summary>A matrix of double precision, row by row, that is decomposed and solved. It is meant for small ones: nothing here is blocked or parallel.</summary>
internal sealed class DenseMatrix(int rows, int columns)
{
    public int Rows { get; } = rows;

    public int Columns { get; } = columns;

    public double[] Values { get; } = new double[rows * columns];

    public ref double this[int row, int column] => ref Values[row * Columns + column];

    public static DenseMatrix Identity(int size)
    {
        var result = new DenseMatrix(size, size);
        for (var i = 0; i < size; i++)
        {
            result[i, i] = 1;
        }

        return result;
    }

    /// <summary>A diagonal matrix.</summary>
    public static DenseMatrix Diagonal(ReadOnlySpan<double> values)
    {
        var result = new DenseMatrix(values.Length, values.Length);
        for (var i = 0; i < values.Length; i++)
        {
            result[i, i] = values[i];
        }

        return result;
    }

    /// <summary>One row.</summary>
    public static DenseMatrix Row(ReadOnlySpan<double> values)
    {
        var result = new DenseMatrix(1, values.Length);
        values.CopyTo(result.Values);
        return result;
    }

    public static DenseMatrix operator *(DenseMatrix a, DenseMatrix b)
    {
        var result = new DenseMatrix(a.Rows, b.Columns);
        for (var i = 0; i < a.Rows; i++)
        {
            var target = result.RowSpan(i);
            for (var k = 0; k < a.Columns; k++)
            {
                var factor = a[i, k];
                var source = b.RowSpan(k);
                for (var j = 0; j < target.Length; j++)
                {
                    target[j] += factor * source[j];
                }
            }
        }

        return result;
    }

    public static DenseMatrix operator *(DenseMatrix a, double factor) => a.Map(value => value * factor);

    public static DenseMatrix operator +(DenseMatrix a, DenseMatrix b) => a.Zip(b, (x, y) => x + y);

    public static DenseMatrix operator -(DenseMatrix a, DenseMatrix b) => a.Zip(b, (x, y) => x - y);

    public Span<double> RowSpan(int row) => Values.AsSpan(row * Columns, Columns);

    public DenseMatrix Clone() => Map(value => value);

    public DenseMatrix Transposed()
    {
        var result = new DenseMatrix(Columns, Rows);
        for (var i = 0; i < Rows; i++)
        {
            for (var j = 0; j < Columns; j++)
            {
                result[j, i] = this[i, j];
            }
        }

        return result;
    }

    /// <summary>The part from the first element.</summary>
    public DenseMatrix Corner(int rows, int columns)
    {
        var result = new DenseMatrix(rows, columns);
        for (var i = 0; i < rows; i++)
        {
            RowSpan(i)[..columns].CopyTo(result.RowSpan(i));
        }

        return result;
    }

    /// <summary>The elements on the diagonal and on one side of it; zeros on the other.</summary>
    public DenseMatrix Triangle(bool upper)
    {
        var result = Clone();
        for (var i = 0; i < Rows; i++)
        {
            for (var j = 0; j < Columns; j++)
            {
                result[i, j] = (upper ? j >= i : j <= i) ? this[i, j] : 0;
            }
        }

        return result;
    }

    /// <summary>The largest sum of magnitudes of a column.</summary>
    public double ColumnNorm()
    {
        var largest = 0.0;
        for (var j = 0; j < Columns; j++)
        {
            var sum = 0.0;
            for (var i = 0; i < Rows; i++)
            {
                sum += Math.Abs(this[i, j]);
            }

            largest = sum > largest || double.IsNaN(sum) ? sum : largest;
        }

        return largest;
    }

    private DenseMatrix Map(Func<double, double> function)
    {
        var result = new DenseMatrix(Rows, Columns);
        for (var i = 0; i < Values.Length; i++)
        {
            result.Values[i] = function(Values[i]);
        }

        return result;
    }

    private DenseMatrix Zip(DenseMatrix other, Func<double, double, double> function)
    {
        var result = new DenseMatrix(Rows, Columns);
        for (var i = 0; i < Values.Length; i++)
        {
            result.Values[i] = function(Values[i], other.Values[i]);
        }

        return result;
    }
}
