namespace Reparam.Runtime.Kernels;

/// <summary>
/// Runs element operations over tensors. A result has the memory order of its operands when they agree (as libtorch keeps it), so that the
/// work is one flat pass; else it is contiguous.
/// </summary>
internal static class Pointwise
{
    private const int Chunk = 256;

    public static Tensor Unary<TOp, TIn, TOut>(Tensor x)
        where TOp : struct, IUnary<TIn, TOut>
        where TIn : unmanaged
        where TOut : unmanaged
    {
        if (!Layout.IsDense(x.Shape, x.Strides))
        {
            x = x.Clone();
        }

        var result = Tensor.Allocate(ElementTypes.Of<TOut>(), x.Shape, x.Strides);
        if (result.Count > 0)
        {
            TOp.Apply(Flat<TIn>(x), Flat<TOut>(result));
        }

        return result;
    }

    public static Tensor Right<TOp, TIn, TOut>(Tensor x, TIn y)
        where TOp : struct, IBinary<TIn, TOut>
        where TIn : unmanaged
        where TOut : unmanaged
    {
        if (!Layout.IsDense(x.Shape, x.Strides))
        {
            x = x.Clone();
        }

        var result = Tensor.Allocate(ElementTypes.Of<TOut>(), x.Shape, x.Strides);
        TOp.Apply(Flat<TIn>(x), y, Flat<TOut>(result));
        return result;
    }

    /// <summary>Overwrites the first operand with the result.</summary>
    public static void RightInPlace<TOp, T>(Tensor x, T y)
        where TOp : struct, IBinary<T, T>
        where T : unmanaged
    {
        if (Layout.IsDense(x.Shape, x.Strides))
        {
            TOp.Apply(Flat<T>(x), y, Flat<T>(x));
        }
        else
        {
            Copying.Copy(Right<TOp, T, T>(x, y), x);
        }
    }

    public static Tensor Left<TOp, TIn, TOut>(TIn x, Tensor y)
        where TOp : struct, IBinary<TIn, TOut>
        where TIn : unmanaged
        where TOut : unmanaged
    {
        if (!Layout.IsDense(y.Shape, y.Strides))
        {
            y = y.Clone();
        }

        var result = Tensor.Allocate(ElementTypes.Of<TOut>(), y.Shape, y.Strides);
        TOp.Apply(x, Flat<TIn>(y), Flat<TOut>(result));
        return result;
    }

    public static Tensor Binary<TOp, TIn, TOut>(Tensor x, Tensor y)
        where TOp : struct, IBinary<TIn, TOut>
        where TIn : unmanaged
        where TOut : unmanaged
    {
        Tensor result;
        if (x.Shape.SequenceEqual(y.Shape) && x.Strides.SequenceEqual(y.Strides) && Layout.IsDense(x.Shape, x.Strides))
        {
            result = Tensor.Allocate(ElementTypes.Of<TOut>(), x.Shape, x.Strides);
            TOp.Apply(Flat<TIn>(x), Flat<TIn>(y), Flat<TOut>(result));
            return result;
        }

        Span<long> shape = stackalloc long[Extents.MaxRank];
        shape = shape[..Layout.Broadcast(x.Shape, y.Shape, shape)];
        result = Tensor.Allocate(ElementTypes.Of<TOut>(), shape);
        BinaryInto<TOp, TIn, TOut>(x, y, result);
        return result;
    }

    /// <summary>Writes the operation into a result of the broadcast shape.</summary>
    public static void BinaryInto<TOp, TIn, TOut>(Tensor x, Tensor y, Tensor result)
        where TOp : struct, IBinary<TIn, TOut>
        where TIn : unmanaged
        where TOut : unmanaged
    {
        var shape = result.Shape;
        Span<long> stridesX = stackalloc long[shape.Length];
        Span<long> stridesY = stackalloc long[shape.Length];
        Layout.BroadcastStrides(x.Shape, x.Strides, shape, stridesX);
        Layout.BroadcastStrides(y.Shape, y.Strides, shape, stridesY);
        var body = new BinaryBody<TOp, TIn, TOut>(x.Storage.Elements<TIn>(), y.Storage.Elements<TIn>(), result.Storage.Elements<TOut>());
        StridedLoop.Run(shape, result.Strides, result.Offset, stridesX, x.Offset, stridesY, y.Offset, body);
    }

    /// <summary>Overwrites the first operand, to which the second is broadcast; they have no memory in common, or lie alike in it.</summary>
    public static void BinaryInPlace<TOp, T>(Tensor x, Tensor y)
        where TOp : struct, IBinary<T, T>
        where T : unmanaged
    {
        if (x.Shape.SequenceEqual(y.Shape) && x.Strides.SequenceEqual(y.Strides) && Layout.IsDense(x.Shape, x.Strides))
        {
            TOp.Apply(Flat<T>(x), Flat<T>(y), Flat<T>(x));
        }
        else
        {
            BinaryInto<TOp, T, T>(x, y, x);
        }
    }

    /// <summary>A function of each element, in memory order.</summary>
    public static Tensor Map<T>(Tensor x, Func<T, T> function)
        where T : unmanaged
    {
        var dense = Dense(x);
        var result = Tensor.Allocate(x.Dtype, dense.Shape, dense.Strides);
        var source = Flat<T>(dense);
        var target = Flat<T>(result);
        for (var i = 0; i < source.Length; i++)
        {
            target[i] = function(source[i]);
        }

        return result;
    }

    /// <summary>A function of pairs of elements, with broadcasting.</summary>
    public static Tensor Zip<TIn, TOut>(Tensor x, Tensor y, Func<TIn, TIn, TOut> function)
        where TIn : unmanaged
        where TOut : unmanaged
    {
        Span<long> shape = stackalloc long[Extents.MaxRank];
        shape = shape[..Layout.Broadcast(x.Shape, y.Shape, shape)];
        var result = Tensor.Allocate(ElementTypes.Of<TOut>(), shape);
        var left = Flat<TIn>(x.Expand(shape).AsContiguous());
        var right = Flat<TIn>(y.Expand(shape).AsContiguous());
        var target = Flat<TOut>(result);
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = function(left[i], right[i]);
        }

        return result;
    }

    /// <summary>The memory of a dense tensor, in memory order.</summary>
    public static Span<T> Flat<T>(Tensor x) => x.Storage.Elements<T>().Slice(x.Offset, x.Count);

    private static Tensor Dense(Tensor x) => Layout.IsDense(x.Shape, x.Strides) ? x : x.Clone();

    private static void Gather<T>(ReadOnlySpan<T> source, int offset, int stride, Span<T> destination)
    {
        for (var i = 0; i < destination.Length; i++)
        {
            destination[i] = source[offset + i * stride];
        }
    }

    private readonly ref struct BinaryBody<TOp, TIn, TOut>(ReadOnlySpan<TIn> x, ReadOnlySpan<TIn> y, Span<TOut> result) : IRowBody
        where TOp : struct, IBinary<TIn, TOut>
        where TIn : unmanaged
        where TOut : unmanaged
    {
        private readonly ReadOnlySpan<TIn> x = x;
        private readonly ReadOnlySpan<TIn> y = y;
        private readonly Span<TOut> result = result;

        public void Row(int count, int offset0, int stride0, int offset1, int stride1, int offset2, int stride2)
        {
            if (stride0 != 1 && count > 1)
            {
                Scatter(count, offset0, stride0, offset1, stride1, offset2, stride2);
                return;
            }

            var target = result.Slice(offset0, count);
            if (stride1 == 1 && stride2 == 1)
            {
                TOp.Apply(x.Slice(offset1, count), y.Slice(offset2, count), target);
            }
            else if (stride1 == 1 && stride2 == 0)
            {
                TOp.Apply(x.Slice(offset1, count), y[offset2], target);
            }
            else if (stride1 == 0 && stride2 == 1)
            {
                TOp.Apply(x[offset1], y.Slice(offset2, count), target);
            }
            else
            {
                Span<TIn> left = stackalloc TIn[Chunk];
                Span<TIn> right = stackalloc TIn[Chunk];
                for (var start = 0; start < count; start += Chunk)
                {
                    var length = Math.Min(Chunk, count - start);
                    Gather(x, offset1 + start * stride1, stride1, left[..length]);
                    Gather(y, offset2 + start * stride2, stride2, right[..length]);
                    TOp.Apply(left[..length], right[..length], target.Slice(start, length));
                }
            }
        }

        // A result that is a view with gaps: computed in chunks, and then spread.
        private void Scatter(int count, int offset0, int stride0, int offset1, int stride1, int offset2, int stride2)
        {
            Span<TIn> left = stackalloc TIn[Chunk];
            Span<TIn> right = stackalloc TIn[Chunk];
            Span<TOut> values = stackalloc TOut[Chunk];
            for (var start = 0; start < count; start += Chunk)
            {
                var length = Math.Min(Chunk, count - start);
                Gather(x, offset1 + start * stride1, stride1, left[..length]);
                Gather(y, offset2 + start * stride2, stride2, right[..length]);
                TOp.Apply(left[..length], right[..length], values[..length]);
                for (var i = 0; i < length; i++)
                {
                    result[offset0 + (start + i) * stride0] = values[i];
                }
            }
        }
    }
}
