namespace Reparam.Runtime.Kernels;

/// <summary>Matrix products of tensors with libtorch's rules for vectors and batches.</summary>
internal static unsafe class MatMul
{
    public static Tensor Run(Tensor x, Tensor y)
    {
        if (x.Dtype != y.Dtype)
        {
            throw new InvalidOperationException($"matmul: both tensors must have the same type, but are {x.Dtype} and {y.Dtype}.");
        }

        if (x.Dtype == DType.Bool)
        {
            throw Tensor.NotDefined("matmul", x.Dtype);
        }

        if (x.Rank == 0 || y.Rank == 0)
        {
            throw new ArgumentException(
                $"matmul: both tensors need at least one dimension, but have shapes {Layout.Describe(x.Shape)} and {Layout.Describe(y.Shape)}.");
        }

        var left = x.Rank == 1 ? x.Unsqueeze(0) : x;
        var right = y.Rank == 1 ? y.Unsqueeze(1) : y;
        if (left.Shape[^1] != right.Shape[^2] || !BatchesFit(left.Shape[..^2], right.Shape[..^2]))
        {
            throw new ArgumentException($"matmul: shapes {Layout.Describe(x.Shape)} and {Layout.Describe(y.Shape)} cannot be multiplied.");
        }

        if (y is TransposedWeight { Weight: var weight })
        {
            return LinearKernel.Run(x, weight, null);
        }

        var product = x.Dtype == DType.Float32 ? Batches(left, right) : InHub(left, right);
        if (x.Rank == 1)
        {
            product = product.Select(-2, 0);
        }

        return y.Rank == 1 ? product.Select(-1, 0) : product;
    }

    private static bool BatchesFit(ReadOnlySpan<long> left, ReadOnlySpan<long> right)
    {
        for (var i = 1; i <= Math.Min(left.Length, right.Length); i++)
        {
            if (left[^i] != right[^i] && left[^i] != 1 && right[^i] != 1)
            {
                return false;
            }
        }

        return true;
    }

    private static Tensor InHub(Tensor left, Tensor right)
    {
        var hub = ElementTypes.Hub(left.Dtype);
        var (x, y) = (left.As(hub), right.As(hub));
        return (hub switch
        {
            DType.Float32 => Batches(x, y),
            DType.Float64 => AnyBatches<double>(x, y),
            DType.Int64 => AnyBatches<long>(x, y),
            _ => AnyBatches<System.Numerics.Complex>(x, y),
        }).As(left.Dtype);
    }

    // Types that no weight has: row by row.
    private static Tensor AnyBatches<T>(Tensor left, Tensor right)
        where T : unmanaged, System.Numerics.INumberBase<T>
    {
        var (m, k, n) = ((int)left.Shape[^2], (int)left.Shape[^1], (int)right.Shape[^1]);
        Span<long> shape = stackalloc long[Extents.MaxRank];
        var batchRank = Layout.Broadcast(left.Shape[..^2], right.Shape[..^2], shape);
        Span<long> full = stackalloc long[Tensor.CheckedRank(batchRank + 2)];
        shape[..batchRank].CopyTo(full);
        (full[^2], full[^1]) = (m, k);
        var a = Pointwise.Flat<T>(left.Expand(full).AsContiguous());
        (full[^2], full[^1]) = (k, n);
        var b = Pointwise.Flat<T>(right.Expand(full).AsContiguous());
        (full[^2], full[^1]) = (m, n);
        var result = Tensor.Allocate(left.Dtype, full);
        var c = Pointwise.Flat<T>(result);
        c.Clear();
        for (var row = 0; row < (n == 0 ? 0 : c.Length / n); row++)
        {
            var target = c.Slice(row * n, n);
            for (var i = 0; i < k; i++)
            {
                var factor = a[(row * k) + i];
                var source = b.Slice((((row / m) * k) + i) * n, n);
                for (var j = 0; j < n; j++)
                {
                    target[j] += factor * source[j];
                }
            }
        }

        return result;
    }

    private static Tensor Batches(Tensor left, Tensor right)
    {
        var (m, k, n) = ((int)left.Shape[^2], (int)left.Shape[^1], (int)right.Shape[^1]);
        Span<long> shape = stackalloc long[Extents.MaxRank];
        var batchRank = Layout.Broadcast(left.Shape[..^2], right.Shape[..^2], shape);
        var batch = shape[..batchRank];
        Span<long> full = stackalloc long[Tensor.CheckedRank(batchRank + 2)];
        batch.CopyTo(full);
        full[^2] = m;
        full[^1] = n;
        var result = Tensor.Allocate(DType.Float32, full);
        Span<long> leftStrides = stackalloc long[batchRank];
        Span<long> rightStrides = stackalloc long[batchRank];
        Layout.BroadcastStrides(left.Shape[..^2], left.Strides[..^2], batch, leftStrides);
        Layout.BroadcastStrides(right.Shape[..^2], right.Strides[..^2], batch, rightStrides);

        // A batch of matrices times one matrix is one tall product.
        if (right.Rank == 2 && left.Rank > 2 && left.IsContiguous())
        {
            m *= (int)Layout.Count(batch);
            batch = [];
        }

        fixed (float* a = left.Storage.Floats, b = right.Storage.Floats, c = result.Storage.Floats)
        {
            var body = new Body(
                m, n, k, a, (int)left.Strides[^2], (int)left.Strides[^1], b, (int)right.Strides[^2], (int)right.Strides[^1], c + result.Offset);
            StridedLoop.Run(batch, result.Strides[..batch.Length], 0, leftStrides, left.Offset, rightStrides, right.Offset, body);
        }

        return result;
    }

    private readonly ref struct Body(int m, int n, int k, float* a, int aRow, int aColumn, float* b, int bRow, int bColumn, float* c) : IRowBody
    {
        private readonly float* a = a;
        private readonly float* b = b;
        private readonly float* c = c;

        public void Row(int count, int offset0, int stride0, int offset1, int stride1, int offset2, int stride2)
        {
            for (var i = 0; i < count; i++)
            {
                Gemm.Multiply(
                    m, n, k, a + offset1 + (long)i * stride1, aRow, aColumn, b + offset2 + (long)i * stride2, bRow, bColumn, c + offset0 + (long)i * stride0,
                    n);
            }
        }
    }
}
