using System.Numerics;

namespace Reparam.Runtime.Kernels;

/// <summary>Complex tensors: their parts, as views or values, and what makes them.</summary>
internal static class ComplexNumbers
{
    public static Tensor Absolute(Tensor x) => RealOf(x, Complex.Abs);

    public static Tensor Angle(Tensor x) => RealOf(x, value => value.Phase);

    public static Tensor Conjugate(Tensor x) => Pointwise.Map<Complex>(x.As(DType.ComplexFloat64), Complex.Conjugate).As(x.Dtype);

    public static Tensor Map(Tensor x, Func<Complex, Complex> function) => Pointwise.Map(x.As(DType.ComplexFloat64), function).As(x.Dtype);

    /// <summary>re + i·im, with broadcasting.</summary>
    public static Tensor FromParts(Tensor real, Tensor imaginary) => Make(real, imaginary, (a, b) => new Complex(a, b), "complex");

    /// <summary>magnitude · e^(i·angle), with broadcasting.</summary>
    public static Tensor FromPolar(Tensor magnitude, Tensor angle) =>
        Make(magnitude, angle, (a, b) => new Complex(a * Math.Cos(b), a * Math.Sin(b)), "polar");

    /// <summary>A view of pairs, which lie side by side in the last dimension, as complex numbers.</summary>
    public static Tensor FromPairs(Tensor x)
    {
        if (x.Dtype is not (DType.Float32 or DType.Float64))
        {
            throw new InvalidOperationException($"view_as_complex takes Float32 or Float64, not {x.Dtype}.");
        }

        if (x.Rank == 0 || x.Shape[^1] != 2 || x.Strides[^1] != 1)
        {
            throw new ArgumentException($"view_as_complex: the last dimension of {Layout.Describe(x.Shape)} must be 2, with stride 1.");
        }

        Span<long> strides = stackalloc long[x.Rank - 1];
        for (var i = 0; i < strides.Length; i++)
        {
            strides[i] = x.Strides[i] % 2 == 0
                ? x.Strides[i] / 2
                : throw new ArgumentException($"view_as_complex: pairs {x.Strides[i]} elements apart in dimension {i} are no complex numbers in memory.");
        }

        if (x.Offset % 2 != 0)
        {
            throw new ArgumentException($"view_as_complex: the tensor begins at element {x.Offset} of its memory, within a pair.");
        }

        return x.ViewAs(ElementTypes.Complex(x.Dtype), x.Shape[..^1], strides, x.Offset / 2);
    }

    /// <summary>A view of complex numbers as pairs, [..., 2].</summary>
    public static Tensor ToPairs(Tensor x)
    {
        RequireComplex(x, "view_as_real");
        Span<long> shape = stackalloc long[Tensor.CheckedRank(x.Rank + 1)];
        Span<long> strides = stackalloc long[x.Rank + 1];
        x.Shape.CopyTo(shape);
        Doubled(x.Strides, strides);
        (shape[^1], strides[^1]) = (2, 1);
        return x.ViewAs(ElementTypes.Real(x.Dtype), shape, strides, 2 * x.Offset);
    }

    /// <summary>A view of the real (0) or imaginary (1) parts.</summary>
    public static Tensor Part(Tensor x, int part)
    {
        RequireComplex(x, part == 0 ? "real" : "imag");
        Span<long> strides = stackalloc long[x.Rank];
        Doubled(x.Strides, strides);
        return x.ViewAs(ElementTypes.Real(x.Dtype), x.Shape, strides, (2 * x.Offset) + part);
    }

    private static void Doubled(ReadOnlySpan<long> strides, Span<long> result)
    {
        for (var i = 0; i < strides.Length; i++)
        {
            result[i] = 2 * strides[i];
        }
    }

    private static Tensor RealOf(Tensor x, Func<Complex, double> function)
    {
        var source = Pointwise.Flat<Complex>(x.As(DType.ComplexFloat64).AsContiguous());
        var result = Tensor.Allocate(DType.Float64, x.Shape);
        var target = Pointwise.Flat<double>(result);
        for (var i = 0; i < target.Length; i++)
        {
            target[i] = function(source[i]);
        }

        return result.As(ElementTypes.Real(x.Dtype));
    }

    private static Tensor Make(Tensor x, Tensor y, Func<double, double, Complex> function, string operation)
    {
        if (x.Dtype != y.Dtype || x.Dtype is not (DType.Float32 or DType.Float64))
        {
            throw new InvalidOperationException($"{operation}: both parts must be Float32 or both Float64, but are {x.Dtype} and {y.Dtype}.");
        }

        return Pointwise.Zip(x.As(DType.Float64), y.As(DType.Float64), function).As(ElementTypes.Complex(x.Dtype));
    }

    private static void RequireComplex(Tensor x, string operation)
    {
        if (!ElementTypes.IsComplex(x.Dtype))
        {
            throw new InvalidOperationException($"{operation} takes complex numbers, not {x.Dtype}.");
        }
    }
}
