namespace Reparam.Runtime.Kernels;

/// <summary>Choice of elements by a condition.</summary>
internal static class Selection
{
    public static Tensor Where(Tensor condition, Tensor x, Tensor y)
    {
        RequireMask(condition, "where");
        var type = x.TypeWith(y);
        Span<long> partial = stackalloc long[Extents.MaxRank];
        partial = partial[..Layout.Broadcast(x.Shape, y.Shape, partial)];
        Span<long> shape = stackalloc long[Extents.MaxRank];
        shape = shape[..Layout.Broadcast(condition.Shape, partial, shape)];
        var result = Tensor.Allocate(type, shape);
        Copying.Copy(y, result);
        Masked(result, condition, x.As(type));
        return result;
    }

    public static void MaskedFill(Tensor target, Tensor mask, Scalar value)
    {
        RequireMask(mask, "masked_fill");
        if (ElementTypes.Category(target.Dtype) < 2 && !double.IsFinite(value.ToDouble()))
        {
            throw new InvalidOperationException($"masked_fill: {value} cannot be stored in a tensor of {target.Dtype}.");
        }

        Masked(target, mask, Tensor.Of(value, target.Dtype));
    }

    private static void Masked(Tensor target, Tensor mask, Tensor source)
    {
        Moving.Run(target.Dtype, new MaskedMove(target, mask, source));
    }

    private static void Masked<T>(Tensor target, Tensor mask, Tensor source)
        where T : unmanaged
    {
        Span<long> maskStrides = stackalloc long[target.Rank];
        Span<long> sourceStrides = stackalloc long[target.Rank];
        Layout.BroadcastStrides(mask.Shape, mask.Strides, target.Shape, maskStrides);
        Layout.BroadcastStrides(source.Shape, source.Strides, target.Shape, sourceStrides);
        StridedLoop.Run(
            target.Shape, target.Strides, target.Offset, maskStrides, mask.Offset, sourceStrides, source.Offset,
            new Body<T>(target.Storage.Elements<T>(), mask.Storage.Bools, source.Storage.Elements<T>()));
    }

    private static void RequireMask(Tensor mask, string operation)
    {
        if (mask.Dtype != DType.Bool)
        {
            throw new ArgumentException($"{operation}: the condition must be Bool, but is {mask.Dtype}.");
        }
    }

    private readonly struct MaskedMove(Tensor target, Tensor mask, Tensor source) : IElementWork
    {
        public void Run<T>()
            where T : unmanaged
            => Masked<T>(target, mask, source);
    }

    private readonly ref struct Body<T>(Span<T> target, ReadOnlySpan<bool> mask, ReadOnlySpan<T> source) : IRowBody
        where T : unmanaged
    {
        private readonly Span<T> target = target;
        private readonly ReadOnlySpan<bool> mask = mask;
        private readonly ReadOnlySpan<T> source = source;

        public void Row(int count, int offset0, int stride0, int offset1, int stride1, int offset2, int stride2)
        {
            for (var i = 0; i < count; i++)
            {
                if (mask[offset1])
                {
                    target[offset0] = source[offset2];
                }

                offset0 += stride0;
                offset1 += stride1;
                offset2 += stride2;
            }
        }
    }
}
