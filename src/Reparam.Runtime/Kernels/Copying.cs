using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace Reparam.Runtime.Kernels;

/// <summary>Copies between strided tensors of one shape, with conversion of the element type.</summary>
internal static class Copying
{
    public static void Copy(Tensor source, Tensor destination)
    {
        switch (source.Dtype, destination.Dtype)
        {
            case (DType.Float32, DType.Float32):
                Run<Same<float>, float, float>(source, destination);
                break;
            case (DType.Int64, DType.Int64):
                Run<Same<long>, long, long>(source, destination);
                break;
            case (DType.Bool, DType.Bool):
                Run<Same<bool>, bool, bool>(source, destination);
                break;
            case (DType.Int64, DType.Float32):
                Run<IntegerToFloat, long, float>(source, destination);
                break;
            case (DType.Bool, DType.Float32):
                Run<BoolToFloat, bool, float>(source, destination);
                break;
            case (DType.Float32, DType.Int64):
                Run<FloatToInteger, float, long>(source, destination);
                break;
            case (DType.Bool, DType.Int64):
                Run<BoolToInteger, bool, long>(source, destination);
                break;
            case (DType.Float32, DType.Bool):
                Run<FloatToBool, float, bool>(source, destination);
                break;
            default:
                Run<IntegerToBool, long, bool>(source, destination);
                break;
        }
    }

    private static void Run<TOp, TIn, TOut>(Tensor source, Tensor destination)
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

    private readonly struct Same<T> : IUnary<T, T>
    {
        public static void Apply(ReadOnlySpan<T> x, Span<T> result) => x.CopyTo(result);
    }

    private readonly struct IntegerToFloat : IUnary<long, float>
    {
        public static void Apply(ReadOnlySpan<long> x, Span<float> result) => TensorPrimitives.ConvertChecked(x, result);
    }

    private readonly struct FloatToInteger : IUnary<float, long>
    {
        public static void Apply(ReadOnlySpan<float> x, Span<long> result) => TensorPrimitives.ConvertSaturating(x, result);
    }

    private readonly struct BoolToFloat : IUnary<bool, float>
    {
        public static void Apply(ReadOnlySpan<bool> x, Span<float> result)
        {
            for (var i = 0; i < x.Length; i++)
            {
                result[i] = x[i] ? 1 : 0;
            }
        }
    }

    private readonly struct BoolToInteger : IUnary<bool, long>
    {
        public static void Apply(ReadOnlySpan<bool> x, Span<long> result)
        {
            for (var i = 0; i < x.Length; i++)
            {
                result[i] = x[i] ? 1 : 0;
            }
        }
    }

    private readonly struct FloatToBool : IUnary<float, bool>
    {
        public static void Apply(ReadOnlySpan<float> x, Span<bool> result)
        {
            for (var i = 0; i < x.Length; i++)
            {
                result[i] = x[i] != 0;
            }
        }
    }

    private readonly struct IntegerToBool : IUnary<long, bool>
    {
        public static void Apply(ReadOnlySpan<long> x, Span<bool> result)
        {
            for (var i = 0; i < x.Length; i++)
            {
                result[i] = x[i] != 0;
            }
        }
    }
}
