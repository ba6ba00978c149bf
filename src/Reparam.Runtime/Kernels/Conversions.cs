using System.Numerics;
using System.Numerics.Tensors;

namespace Reparam.Runtime.Kernels;

/// <summary>
/// Copies that change the element type. A narrow type is converted from and to its hub alone (<see cref="ElementTypes.Hub"/>), and hubs among each other:
/// so a copy takes at most three steps, and each gives the value that libtorch's direct conversion gives.
/// </summary>
internal static class Conversions
{
    public static void Copy(Tensor source, Tensor destination)
    {
        var (from, to) = (ElementTypes.Hub(source.Dtype), ElementTypes.Hub(destination.Dtype));
        if (source.Dtype != from)
        {
            // To its hub; from there on.
            Step(source, destination, from, Widen);
        }
        else if (from == to)
        {
            Narrow(source, destination);
        }
        else
        {
            Step(source, destination, to, Between);
        }
    }

    // Converts to the type, and from there to the destination's.
    private static void Step(Tensor source, Tensor destination, DType type, Action<Tensor, Tensor> convert)
    {
        if (destination.Dtype == type)
        {
            convert(source, destination);
            return;
        }

        var converted = Tensor.Allocate(type, source.Shape);
        convert(source, converted);
        Copying.Copy(converted, destination);
    }

    private static void Widen(Tensor source, Tensor destination)
    {
        switch (source.Dtype)
        {
            case DType.Byte:
                Copying.Run<Number<byte, long>, byte, long>(source, destination);
                break;
            case DType.Int8:
                Copying.Run<Number<sbyte, long>, sbyte, long>(source, destination);
                break;
            case DType.Int16:
                Copying.Run<Number<short, long>, short, long>(source, destination);
                break;
            case DType.Int32:
                Copying.Run<Number<int, long>, int, long>(source, destination);
                break;
            case DType.Float16:
                Copying.Run<HalfToFloat, Half, float>(source, destination);
                break;
            case DType.BFloat16:
                Copying.Run<BFloat16ToFloat, BFloat16, float>(source, destination);
                break;
            default:
                Copying.Run<SingleToComplex, ComplexSingle, Complex>(source, destination);
                break;
        }
    }

    private static void Narrow(Tensor source, Tensor destination)
    {
        switch (destination.Dtype)
        {
            case DType.Byte:
                Copying.Run<Number<long, byte>, long, byte>(source, destination);
                break;
            case DType.Int8:
                Copying.Run<Number<long, sbyte>, long, sbyte>(source, destination);
                break;
            case DType.Int16:
                Copying.Run<Number<long, short>, long, short>(source, destination);
                break;
            case DType.Int32:
                Copying.Run<Number<long, int>, long, int>(source, destination);
                break;
            case DType.Float16:
                Copying.Run<FloatToHalf, float, Half>(source, destination);
                break;
            case DType.BFloat16:
                Copying.Run<FloatToBFloat16, float, BFloat16>(source, destination);
                break;
            default:
                Copying.Run<ComplexToSingle, Complex, ComplexSingle>(source, destination);
                break;
        }
    }

    private static void Between(Tensor source, Tensor destination)
    {
        switch (source.Dtype, destination.Dtype)
        {
            case (DType.Int64, DType.Float32):
                Copying.Run<Number<long, float>, long, float>(source, destination);
                break;
            case (DType.Float32, DType.Int64):
                Copying.Run<Cut<float>, float, long>(source, destination);
                break;
            case (DType.Float32, DType.Float64):
                Copying.Run<Number<float, double>, float, double>(source, destination);
                break;
            case (DType.Float64, DType.Float32):
                Copying.Run<Number<double, float>, double, float>(source, destination);
                break;
            case (DType.Int64, DType.Float64):
                Copying.Run<Number<long, double>, long, double>(source, destination);
                break;
            case (DType.Float64, DType.Int64):
                Copying.Run<Cut<double>, double, long>(source, destination);
                break;
            case (DType.Bool, DType.Float32):
                Copying.Run<Truth<float>, bool, float>(source, destination);
                break;
            case (DType.Bool, DType.Int64):
                Copying.Run<Truth<long>, bool, long>(source, destination);
                break;
            case (DType.Bool, DType.Float64):
                Copying.Run<Truth<double>, bool, double>(source, destination);
                break;
            case (DType.Float32, DType.Bool):
                Copying.Run<NotZero<float>, float, bool>(source, destination);
                break;
            case (DType.Int64, DType.Bool):
                Copying.Run<NotZero<long>, long, bool>(source, destination);
                break;
            case (DType.Float64, DType.Bool):
                Copying.Run<NotZero<double>, double, bool>(source, destination);
                break;
            case (DType.ComplexFloat64, DType.Bool):
                Copying.Run<NotZero<Complex>, Complex, bool>(source, destination);
                break;
            case (DType.Float64, DType.ComplexFloat64):
                Copying.Run<DoubleToComplex, double, Complex>(source, destination);
                break;
            case (DType.ComplexFloat64, DType.Float64):
                Copying.Run<ComplexToDouble, Complex, double>(source, destination);
                break;
            default:
                // Numbers and complex numbers meet in double precision.
                Step(source, destination, DType.Float64, Between);
                break;
        }
    }

    private readonly struct Number<TIn, TOut> : IUnary<TIn, TOut>
        where TIn : unmanaged, INumberBase<TIn>
        where TOut : unmanaged, INumberBase<TOut>
    {
        public static void Apply(ReadOnlySpan<TIn> x, Span<TOut> result) => TensorPrimitives.ConvertTruncating(x, result);
    }

    private readonly struct Cut<T> : IUnary<T, long>
        where T : unmanaged, INumberBase<T>
    {
        public static void Apply(ReadOnlySpan<T> x, Span<long> result) => TensorPrimitives.ConvertSaturating(x, result);
    }

    private readonly struct Truth<T> : IUnary<bool, T>
        where T : unmanaged, INumberBase<T>
    {
        public static void Apply(ReadOnlySpan<bool> x, Span<T> result)
        {
            for (var i = 0; i < x.Length; i++)
            {
                result[i] = x[i] ? T.One : T.Zero;
            }
        }
    }

    private readonly struct NotZero<T> : IUnary<T, bool>
        where T : unmanaged, INumberBase<T>
    {
        public static void Apply(ReadOnlySpan<T> x, Span<bool> result)
        {
            for (var i = 0; i < x.Length; i++)
            {
                result[i] = x[i] != T.Zero;
            }
        }
    }

    private readonly struct HalfToFloat : IUnary<Half, float>
    {
        public static void Apply(ReadOnlySpan<Half> x, Span<float> result) => TensorPrimitives.ConvertToSingle(x, result);
    }

    private readonly struct FloatToHalf : IUnary<float, Half>
    {
        public static void Apply(ReadOnlySpan<float> x, Span<Half> result) => TensorPrimitives.ConvertToHalf(x, result);
    }

    private readonly struct BFloat16ToFloat : IUnary<BFloat16, float>
    {
        public static void Apply(ReadOnlySpan<BFloat16> x, Span<float> result) => BFloat16.Widen(x, result);
    }

    private readonly struct FloatToBFloat16 : IUnary<float, BFloat16>
    {
        public static void Apply(ReadOnlySpan<float> x, Span<BFloat16> result) => BFloat16.Round(x, result);
    }

    private readonly struct SingleToComplex : IUnary<ComplexSingle, Complex>
    {
        public static void Apply(ReadOnlySpan<ComplexSingle> x, Span<Complex> result)
        {
            for (var i = 0; i < x.Length; i++)
            {
                result[i] = x[i];
            }
        }
    }

    private readonly struct ComplexToSingle : IUnary<Complex, ComplexSingle>
    {
        public static void Apply(ReadOnlySpan<Complex> x, Span<ComplexSingle> result)
        {
            for (var i = 0; i < x.Length; i++)
            {
                result[i] = (ComplexSingle)x[i];
            }
        }
    }

    private readonly struct DoubleToComplex : IUnary<double, Complex>
    {
        public static void Apply(ReadOnlySpan<double> x, Span<Complex> result)
        {
            for (var i = 0; i < x.Length; i++)
            {
                result[i] = x[i];
            }
        }
    }

    private readonly struct ComplexToDouble : IUnary<Complex, double>
    {
        public static void Apply(ReadOnlySpan<Complex> x, Span<double> result)
        {
            for (var i = 0; i < x.Length; i++)
            {
                result[i] = x[i].Real;
            }
        }
    }
}
