using System.Runtime.CompilerServices;

namespace Reparam.Runtime.Kernels;

/// <summary>Copies between strided tensors of one shape, with conversion of the element type.</summary>
internal static class Copying
{
    /// <summary>Writes a tensor, which is broadcast, into another.</summary>
    public static void Copy(Tensor source, Tensor destination)
    {
        if (source.Dtype == destination.Dtype)
        {
            Moving.Run(source.Dtype, new Move(source, destination));
        }
        else
        {
            Conversions.Copy(source, destination);
        }
    }

    public static void Run<TOp, TIn, TOut>(Tensor source, Tensor destination)
        where TOp : struct, IUnary<TIn, TOut>
        where TIn : unmanaged
        where TOut : unmanaged
    {
        Span<long> strides = stackalloc long[destination.Rank];
        Layout.BroadcastStrides(source.Shape, source.Strides, destination.Shape, strides);
        StridedLoop.Run(
            destination.Shape, destination.Strides, destination.Offset, strides, source.Offset, strides, source.Offset,
            new Body<TOp, TIn, TOut>(source.Storage.Elements<TIn>(), destination.Storage.Elements<TOut>()));
    }

    private readonly ref struct Body<TOp, TIn, TOut>(ReadOnlySpan<TIn> source, Span<TOut> destination) : IRowBody
        where TOp : struct, IUnary<TIn, TOut>
        where TIn : unmanaged
        where TOut : unmanaged
    {
        private readonly ReadOnlySpan<TIn> source = source;
        private readonly Span<TOut> destination = destination;

        public void Row(int count, int offset0, int stride0, int offset1, int stride1, int offset2, int stride2)
        {
            if (stride0 == 1 && stride1 == 1)
            {
                TOp.Apply(source.Slice(offset1, count), destination.Slice(offset0, count));
                return;
            }

            if (typeof(TIn) == typeof(TOut))
            {
                for (var i = 0; i < count; i++)
                {
                    destination[offset0 + i * stride0] = Unsafe.BitCast<TIn, TOut>(source[offset1 + i * stride1]);
                }

                return;
            }

            Span<TOut> one = stackalloc TOut[1];
            for (var i = 0; i < count; i++)
            {
                TOp.Apply(source.Slice(offset1 + i * stride1, 1), one);
                destination[offset0 + i * stride0] = one[0];
            }
        }
    }

    private readonly struct Move(Tensor source, Tensor destination) : IElementWork
    {
        public void Run<T>()
            where T : unmanaged
            => Copying.Run<Same<T>, T, T>(source, destination);
    }

    private readonly struct Same<T> : IUnary<T, T>
    {
        public static void Apply(ReadOnlySpan<T> x, Span<T> result) => x.CopyTo(result);
    }
}
