namespace Reparam.Runtime.Kernels;

/// <summary>
/// Runs element operations over tensors. A result has the memory order of its operands when they agree (as libtorch keeps it), so that the
/// work is one flat pass; else it is contiguous.
/// </summary>
internal static class Pointwise
{
    private const int Chunk = 256;

    public static DType TypeOf<T>() => typeof(T) == typeof(float) ? DType.Float32 : typeof(T) == typeof(long) ? DType.Int64 : DType.Bool;

    public static Tensor Unary<TOp, TIn, TOut>(Tensor x)
        where TOp : struct, IUnary<TIn, TOut>
        where TIn : unmanaged
        where TOut : unmanaged
    {
        if (!Layout.IsDense(x.Shape, x.Strides))
        {
            x = x.Clone();
        }

        var result = Tensor.Allocate(TypeOf<TOut>(), x.Shape, x.Strides);
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

        var result = Tensor.Allocate(TypeOf<TOut>(), x.Shape, x.Strides);
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

        var result = Tensor.Allocate(TypeOf<TOut>(), y.Shape, y.Strides);
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
            result = Tensor.Allocate(TypeOf<TOut>(), x.Shape, x.Strides);
            TOp.Apply(Flat<TIn>(x), Flat<TIn>(y), Flat<TOut>(result));
            return result;
        }

        Span<long> shape = stackalloc long[Extents.MaxRank];
        shape = shape[..Layout.Broadcast(x.Shape, y.Shape, shape)];
        result = Tensor.Allocate(TypeOf<TOut>(), shape);
        BinaryInto<TOp, TIn, TOut>(x, y, result);
        return result;
    }

    /// <summary>Writes the operation into a contiguous result of the broadcast shape.</summary>
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

    /// <summary>The memory of a dense tensor, in memory order.</summary>
    public static Span<T> Flat<T>(Tensor x) => x.Storage.Elements<T>().AsSpan(x.Offset, x.Count);

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
    }
}
