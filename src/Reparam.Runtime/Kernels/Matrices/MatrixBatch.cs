namespace Reparam.Runtime.Kernels.Matrices;

/// <summary>Runs a function over the matrices in the last two dimensions of tensors, in double precision; results are rounded once.</summary>
internal static class MatrixBatch
{
    /// <summary>The function's matrices, each as a tensor [..., rows, columns].</summary>
    /// <param name="name">The function, for messages.</param>
    /// <param name="input">[..., rows, columns].</param>
    /// <param name="function">Gives as many matrices for each matrix, of the same shapes.</param>
    /// <param name="isSquare">Whether only square matrices are taken.</param>
    public static Tensor[] Map(string name, Tensor input, Func<DenseMatrix, DenseMatrix[]> function, bool isSquare = false)
    {
        Check(name, input, isSquare);
        var results = new List<DenseMatrix[]>();
        foreach (var matrix in Split(input))
        {
            results.Add(function(matrix));
        }

        // Without a matrix, the function still tells the shapes.
        var shapes = results.Count > 0 ? results[0] : function(Eye((int)input.Shape[^2], (int)input.Shape[^1]));
        var tensors = new Tensor[shapes.Length];
        for (var i = 0; i < tensors.Length; i++)
        {
            tensors[i] = Join(results.Select(matrices => matrices[i]), input.Shape[..^2], shapes[i], input.Dtype);
        }

        return tensors;
    }

    /// <summary>The one matrix that the function gives for each matrix.</summary>
    public static Tensor One(string name, Tensor input, Func<DenseMatrix, DenseMatrix> function, bool isSquare = false) =>
        Map(name, input, matrix => [function(matrix)], isSquare)[0];

    /// <summary>One number for each matrix: [...].</summary>
    public static Tensor Number(string name, Tensor input, Func<DenseMatrix, double> function, bool isSquare = false) =>
        One(name, input, matrix => DenseMatrix.Row([function(matrix)]), isSquare).Squeeze(-1).Squeeze(-1);

    /// <summary>A function of pairs of matrices, whose leading dimensions are broadcast.</summary>
    public static Tensor Pairs(string name, Tensor left, Tensor right, Func<DenseMatrix, DenseMatrix, DenseMatrix> function)
    {
        Check(name, left, isSquare: false);
        Check(name, right, isSquare: false);
        if (left.Dtype != right.Dtype)
        {
            throw new InvalidOperationException($"{name}: both tensors must have one type, but are {left.Dtype} and {right.Dtype}.");
        }

        Span<long> batch = stackalloc long[Extents.MaxRank];
        batch = batch[..Layout.Broadcast(left.Shape[..^2], right.Shape[..^2], batch)];
        var (first, second) = (Expanded(left, batch), Expanded(right, batch));
        List<DenseMatrix> results = [.. Split(first).Zip(Split(second), function)];
        var shape = results.Count > 0
            ? results[0]
            : function(Eye((int)left.Shape[^2], (int)left.Shape[^1]), Eye((int)right.Shape[^2], (int)right.Shape[^1]));
        return Join(results, batch, shape, left.Dtype);
    }

    private static void Check(string name, Tensor input, bool isSquare)
    {
        if (input.Dtype is not (DType.Float32 or DType.Float64))
        {
            throw new InvalidOperationException($"{name} takes Float32 or Float64, not {input.Dtype}.");
        }

        if (input.Rank < 2 || (isSquare && input.Shape[^1] != input.Shape[^2]))
        {
            throw new ArgumentException($"{name} takes {(isSquare ? "square " : "")}matrices [..., rows, columns], not {Layout.Describe(input.Shape)}.");
        }
    }

    private static Tensor Expanded(Tensor x, ReadOnlySpan<long> batch) => x.Expand([.. batch, x.Shape[^2], x.Shape[^1]]);

    private static List<DenseMatrix> Split(Tensor input)
    {
        var (rows, columns) = ((int)input.Shape[^2], (int)input.Shape[^1]);
        var values = input.ToType(DType.Float64).ToArray<double>();
        var result = new List<DenseMatrix>();
        for (var i = 0; i < Layout.Count(input.Shape[..^2]); i++)
        {
            var matrix = new DenseMatrix(rows, columns);
            values.AsSpan(i * rows * columns, rows * columns).CopyTo(matrix.Values);
            result.Add(matrix);
        }

        return result;
    }

    private static Tensor Join(IEnumerable<DenseMatrix> matrices, ReadOnlySpan<long> batch, DenseMatrix shape, DType type)
    {
        var result = Tensor.Allocate(DType.Float64, [.. batch, shape.Rows, shape.Columns]);
        var values = Pointwise.Flat<double>(result);
        var start = 0;
        foreach (var matrix in matrices)
        {
            matrix.Values.CopyTo(values[start..]);
            start += matrix.Values.Length;
        }

        return result.ToType(type);
    }

    private static DenseMatrix Eye(int rows, int columns)
    {
        var result = new DenseMatrix(rows, columns);
        for (var i = 0; i < Math.Min(rows, columns); i++)
        {
            result[i, i] = 1;
        }

        return result;
    }
}
