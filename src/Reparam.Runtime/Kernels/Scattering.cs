namespace Reparam.Runtime.Kernels;

/// <summary>Elements written or added at positions of a dimension.</summary>
internal static class Scattering
{
    /// <summary>target[…, index[i], …] = source[i]; the last write to a position stays.</summary>
    /// <returns>The target.</returns>
    public static Tensor Write(Tensor target, int dim, Tensor index, Tensor source, string operation)
    {
        Check(target, dim, index, source, operation);
        Moving.Run(target.Dtype, new Move(target, dim, index, source, operation));
        return target;
    }

    /// <summary>target[…, index[i], …] += source[i].</summary>
    /// <returns>The target.</returns>
    public static Tensor Add(Tensor target, int dim, Tensor index, Tensor source, string operation)
    {
        Check(target, dim, index, source, operation);
        var hub = ElementTypes.Hub(target.Dtype);
        var sums = target.As(hub);
        var values = source.As(hub);
        switch (hub)
        {
            case DType.Float32:
                Run(sums, dim, index, values, (ref float sum, float value) => sum += value, operation);
                break;
            case DType.Float64:
                Run(sums, dim, index, values, (ref double sum, double value) => sum += value, operation);
                break;
            case DType.Int64:
                Run(sums, dim, index, values, (ref long sum, long value) => sum += value, operation);
                break;
            case DType.Bool:
                Run(sums, dim, index, values, (ref bool sum, bool value) => sum |= value, operation);
                break;
            default:
                Run(sums, dim, index, values, (ref System.Numerics.Complex sum, System.Numerics.Complex value) => sum += value, operation);
                break;
        }

        if (hub != target.Dtype)
        {
            Copying.Copy(sums, target);
        }

        return target;
    }

    /// <summary>An index vector, or a number.</summary>
    public static Tensor Positions(Tensor index, string operation) => index.Dtype is DType.Int64 or DType.Int32 && index.Rank <= 1
        ? index.As(DType.Int64).Reshape(-1)
        : throw new ArgumentException($"{operation}: the index must be a vector of Int64 or Int32, but is {index.Dtype} {Layout.Describe(index.Shape)}.");

    /// <summary>A vector of positions seen in the shape of the source.</summary>
    public static Tensor Spread(Tensor target, int dim, Tensor index, Tensor source, string operation)
    {
        var positions = Positions(index, operation);
        if (source.Rank != target.Rank || (source.Rank > 0 && source.Shape[dim] != positions.Count) || source.Dtype != target.Dtype)
        {
            throw new ArgumentException(
                $"{operation}: {positions.Count} positions of {target.Dtype} {Layout.Describe(target.Shape)} cannot take {source.Dtype} "
                    + $"{Layout.Describe(source.Shape)}.");
        }

        for (var i = 0; i < source.Rank; i++)
        {
            if (i != dim && source.Shape[i] != target.Shape[i])
            {
                throw new ArgumentException($"{operation}: {Layout.Describe(source.Shape)} and {Layout.Describe(target.Shape)} differ in dimension {i}.");
            }
        }

        if (source.Rank == 0)
        {
            return positions.Reshape([]);
        }

        Span<long> shape = stackalloc long[source.Rank];
        shape.Fill(1);
        shape[dim] = positions.Count;
        return positions.Reshape(shape).Expand(source.Shape);
    }

    private static void Check(Tensor target, int dim, Tensor index, Tensor source, string operation)
    {
        if (index.Dtype != DType.Int64)
        {
            throw new ArgumentException($"{operation}: the index must be Int64, but is {index.Dtype}.");
        }

        if (source.Dtype != target.Dtype)
        {
            throw new InvalidOperationException($"{operation}: the source must be {target.Dtype}, but is {source.Dtype}.");
        }

        var fits = index.Count == 0 || (Math.Max(index.Rank, 1) == Math.Max(target.Rank, 1) && Math.Max(source.Rank, 1) == Math.Max(index.Rank, 1));
        for (var i = 0; fits && index.Count > 0 && i < index.Rank; i++)
        {
            fits = (source.Rank == 0 || index.Shape[i] <= source.Shape[i]) && (i == dim || target.Rank == 0 || index.Shape[i] <= target.Shape[i]);
        }

        if (!fits)
        {
            throw new ArgumentException(
                $"{operation}: the index {Layout.Describe(index.Shape)} must not exceed the source {Layout.Describe(source.Shape)}, nor, but for dimension "
                    + $"{dim}, the target {Layout.Describe(target.Shape)}.");
        }
    }

    private static void Run<T>(Tensor target, int dim, Tensor index, Tensor source, Combine<T> combine, string operation)
        where T : unmanaged
    {
        if (index.Count == 0)
        {
            return;
        }

        // A number is a vector of one.
        var (places, wide, values) = (index.Rank == 0 ? index.Reshape(1) : index, target.Rank == 0 ? target.Reshape(1) : target,
            source.Rank == 0 ? source.Reshape(1) : source);
        Span<long> strides = stackalloc long[wide.Rank];
        wide.Strides.CopyTo(strides);
        strides[dim] = 0;
        StridedLoop.Run(
            places.Shape, strides, wide.Offset, places.Strides, places.Offset, values.Strides, values.Offset,
            new Body<T>(
                wide.Storage.Elements<T>(), places.Storage.Integers, values.Storage.Elements<T>(), (int)wide.Strides[dim], (int)wide.Shape[dim], combine,
                operation));
    }

    private delegate void Combine<T>(ref T target, T value);

    private readonly struct Move(Tensor target, int dim, Tensor index, Tensor source, string operation) : IElementWork
    {
        public void Run<T>()
            where T : unmanaged
            => Scattering.Run(target, dim, index, source, (ref T place, T value) => place = value, operation);
    }

    private readonly ref struct Body<T>(
        Span<T> target, ReadOnlySpan<long> index, ReadOnlySpan<T> source, int step, int size, Combine<T> combine, string operation) : IRowBody
        where T : unmanaged
    {
        private readonly Span<T> target = target;
        private readonly ReadOnlySpan<long> index = index;
        private readonly ReadOnlySpan<T> source = source;

        public void Row(int count, int offset0, int stride0, int offset1, int stride1, int offset2, int stride2)
        {
            for (var i = 0; i < count; i++)
            {
                var position = index[offset1 + (i * stride1)];
                if (position < 0 || position >= size)
                {
                    throw new ArgumentOutOfRangeException(nameof(index), position, $"{operation}: index {position} is out of range for size {size}.");
                }

                combine(ref target[offset0 + (i * stride0) + ((int)position * step)], source[offset2 + (i * stride2)]);
            }
        }
    }
}
