namespace Reparam.Runtime.Kernels;

/// <summary>Elements by position, order or place in a matrix.</summary>
internal static class Choosing
{
    public static Tensor Gather(Tensor x, int dim, Tensor index)
    {
        RequireIndex(index, "gather");
        if (index.Rank != x.Rank)
        {
            throw new ArgumentException($"gather: index {Layout.Describe(index.Shape)} must have as many dimensions as the tensor {Layout.Describe(x.Shape)}.");
        }

        for (var i = 0; i < x.Rank; i++)
        {
            if (i != dim && index.Shape[i] > x.Shape[i])
            {
                throw new ArgumentException($"gather: index {Layout.Describe(index.Shape)} exceeds the tensor {Layout.Describe(x.Shape)} in dimension {i}.");
            }
        }

        var result = Tensor.Allocate(x.Dtype, index.Shape);
        Moving.Run(x.Dtype, new GatherMove(x, dim, index, result));

        return result;
    }

    public static Tensor IndexSelect(Tensor x, int dim, Tensor index)
    {
        RequireIndex(index, "index_select");
        if (index.Rank > 1 || x.Rank == 0)
        {
            throw new ArgumentException(
                $"index_select: the index must be a vector and the tensor have a dimension, but they are {Layout.Describe(index.Shape)} and "
                    + $"{Layout.Describe(x.Shape)}.");
        }

        Span<long> shape = stackalloc long[x.Rank];
        x.Shape.CopyTo(shape);
        shape[dim] = index.Count;
        var result = Tensor.Allocate(x.Dtype, shape);
        var positions = Pointwise.Flat<long>(index.AsContiguous());
        for (var i = 0; i < positions.Length; i++)
        {
            RequirePosition(positions[i], x.Shape[dim], "index_select");
            Copying.Copy(x.Select(dim, positions[i]), result.Select(dim, i));
        }

        return result;
    }

    public static Tensor Nonzero(Tensor mask)
    {
        var dense = mask.AsContiguous();
        var flat = Pointwise.Flat<bool>(dense);
        var count = flat.Count(true);
        var result = Tensor.Allocate(DType.Int64, [count, mask.Rank]);
        var target = Pointwise.Flat<long>(result);
        var next = 0;
        for (var i = 0; i < flat.Length; i++)
        {
            if (flat[i])
            {
                long rest = i;
                for (var d = mask.Rank - 1; d >= 0; d--)
                {
                    target[next * mask.Rank + d] = rest % dense.Shape[d];
                    rest /= dense.Shape[d];
                }

                next++;
            }
        }

        return result;
    }

    public static (Tensor Values, Tensor Indices) Top(Tensor x, int k, int dim, bool largest)
    {
        var source = (x.Rank == 0 ? x.Unsqueeze(0) : x.Transpose(dim, -1)).AsContiguous();
        var length = (int)source.Shape[^1];
        if (k < 0 || k > length)
        {
            throw new ArgumentOutOfRangeException(nameof(k), k, $"topk: k must be 0 to {length}, the size of dimension {dim}.");
        }

        Span<long> shape = stackalloc long[source.Rank];
        source.Shape.CopyTo(shape);
        shape[^1] = k;
        var values = Tensor.Allocate(DType.Float32, shape);
        var indices = Tensor.Allocate(DType.Int64, shape);
        var rows = Pointwise.Flat<float>(source);
        var keys = new float[length];
        var order = new long[length];
        for (var row = 0; row < (length == 0 ? 0 : rows.Length / length); row++)
        {
            for (var i = 0; i < length; i++)
            {
                // Ascending order of keys is the order asked for; NaN counts as the largest number.
                var value = rows[row * length + i];
                keys[i] = float.IsNaN(value) ? (largest ? float.NegativeInfinity : float.PositiveInfinity) : largest ? -value : value;
                order[i] = i;
            }

            keys.AsSpan().Sort(order.AsSpan());
            for (var i = 0; i < k; i++)
            {
                Pointwise.Flat<float>(values)[row * k + i] = rows[row * length + (int)order[i]];
                Pointwise.Flat<long>(indices)[row * k + i] = order[i];
            }
        }

        return x.Rank == 0
            ? (values.Reshape([]), indices.Reshape([]))
            : (values.Transpose(dim, -1).Contiguous(), indices.Transpose(dim, -1).Contiguous());
    }

    public static Tensor Triangle(Tensor x, long firstDiagonal, long lastDiagonal)
    {
        if (x.Rank < 2)
        {
            throw new ArgumentException($"tril, triu: a matrix is expected, but the shape is {Layout.Describe(x.Shape)}.");
        }

        var result = x.Clone();
        var (rows, columns) = ((int)x.Shape[^2], (int)x.Shape[^1]);
        Moving.Run(x.Dtype, new TriangleMove(result, rows, columns, firstDiagonal, lastDiagonal));

        return result;
    }

    private static void Triangle<T>(Span<T> matrices, int rows, int columns, long firstDiagonal, long lastDiagonal)
    {
        for (var start = 0; start < matrices.Length; start += columns)
        {
            var row = start / columns % rows;
            for (var column = 0; column < columns; column++)
            {
                if (column - row < firstDiagonal || column - row > lastDiagonal)
                {
                    matrices[start + column] = default!;
                }
            }
        }
    }

    private static void Gather<T>(Tensor x, int dim, Tensor index, Tensor result)
        where T : unmanaged
    {
        Span<long> strides = stackalloc long[x.Rank];
        x.Strides.CopyTo(strides);
        var step = 0;
        var size = 1;
        if (x.Rank > 0)
        {
            (step, size) = ((int)strides[dim], (int)x.Shape[dim]);
            strides[dim] = 0;
        }

        StridedLoop.Run(
            index.Shape, result.Strides, result.Offset, index.Strides, index.Offset, strides, x.Offset,
            new GatherBody<T>(result.Storage.Elements<T>(), index.Storage.Integers, x.Storage.Elements<T>(), step, size));
    }

    private static void RequireIndex(Tensor index, string operation)
    {
        if (index.Dtype != DType.Int64)
        {
            throw new ArgumentException($"{operation}: the index must be Int64, but is {index.Dtype}.");
        }
    }

    private static void RequirePosition(long index, long size, string operation)
    {
        if (index < 0 || index >= size)
        {
            throw new ArgumentOutOfRangeException(nameof(index), index, $"{operation}: index {index} is out of range for a dimension of size {size}.");
        }
    }

    private readonly struct GatherMove(Tensor x, int dim, Tensor index, Tensor result) : IElementWork
    {
        public void Run<T>()
            where T : unmanaged
            => Gather<T>(x, dim, index, result);
    }

    private readonly struct TriangleMove(Tensor result, int rows, int columns, long firstDiagonal, long lastDiagonal) : IElementWork
    {
        public void Run<T>()
            where T : unmanaged
            => Triangle(Pointwise.Flat<T>(result), rows, columns, firstDiagonal, lastDiagonal);
    }

    private readonly ref struct GatherBody<T>(Span<T> result, ReadOnlySpan<long> index, ReadOnlySpan<T> source, int step, int size) : IRowBody
        where T : unmanaged
    {
        private readonly Span<T> result = result;
        private readonly ReadOnlySpan<long> index = index;
        private readonly ReadOnlySpan<T> source = source;

        public void Row(int count, int offset0, int stride0, int offset1, int stride1, int offset2, int stride2)
        {
            for (var i = 0; i < count; i++)
            {
                var position = index[offset1 + i * stride1];
                RequirePosition(position, size, "gather");
                result[offset0 + i * stride0] = source[offset2 + i * stride2 + (int)position * step];
            }
        }
    }
}
