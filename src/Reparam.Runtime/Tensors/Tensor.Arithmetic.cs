using System.Numerics;
using Reparam.Runtime.Kernels;
using Reparam.Runtime.Kernels.Operations;

namespace Reparam.Runtime;

public partial class Tensor
{
    /// <summary>Sum with broadcasting.</summary>
    [Counterpart("add")]
    public Tensor Add(Tensor target) => TypeWith(target) switch
    {
        DType.Bool => Pointwise.Binary<Or, bool, bool>(this, target),
        DType.ComplexFloat32 or DType.ComplexFloat64 => BinaryComplex<Add<Complex>>(this, target, TypeWith(target)),
        var type => Binary<Add<float>, Add<double>, Add<long>>(this, target, type, "add"),
    };

    /// <summary>This + alpha · target, with broadcasting.</summary>
    [Counterpart("add")]
    public Tensor Add(Tensor target, Scalar alpha)
    {
        var type = TypeWith(target);
        return !ElementTypes.IsFloat(type) && alpha.IsFloat
            ? throw new InvalidOperationException($"add: alpha {alpha} must be an integer for tensors of {Dtype} and {target.Dtype}.")
            : ElementTypes.Hub(type) is var hub && hub != type
                ? As(hub).Add(target.As(hub).Mul(alpha)).As(type)
                : Add(target.As(type).Mul(alpha).As(type));
    }

    /// <summary>Sum with a number.</summary>
    [Counterpart("add")]
    public Tensor Add(Scalar scalar) => TypeWith(scalar) switch
    {
        DType.Bool => Pointwise.Right<Or, bool, bool>(this, scalar.ToBoolean()),
        DType.ComplexFloat32 or DType.ComplexFloat64 => Add(Of(scalar, Dtype)),
        var type => Binary<Add<float>, Add<double>, Add<long>>(this, scalar, type, "add"),
    };

    /// <summary>This + alpha · scalar.</summary>
    [Counterpart("add")]
    public Tensor Add(Scalar scalar, Scalar alpha) => Add(scalar.Times(alpha));

    /// <summary>Difference with broadcasting.</summary>
    /// <exception cref="InvalidOperationException">One of the two has truth values.</exception>
    [Counterpart("sub")]
    public Tensor Sub(Tensor target)
    {
        var type = Dtype == DType.Bool || target.Dtype == DType.Bool ? throw NoBool("Subtraction") : TypeWith(target);
        return ElementTypes.IsComplex(type)
            ? BinaryComplex<Subtract<Complex>>(this, target, type)
            : Binary<Subtract<float>, Subtract<double>, Subtract<long>>(this, target, type, "sub");
    }

    /// <summary>Difference from a number.</summary>
    /// <exception cref="InvalidOperationException">The elements or the number are truth values.</exception>
    [Counterpart("sub")]
    public Tensor Sub(Scalar target)
    {
        var type = Dtype == DType.Bool || target.Type == DType.Bool ? throw NoBool("Subtraction") : TypeWith(target);
        return ElementTypes.IsComplex(type)
            ? Sub(Of(target, type))
            : Binary<Subtract<float>, Subtract<double>, Subtract<long>>(this, target, type, "sub");
    }

    /// <summary>Product with broadcasting.</summary>
    [Counterpart("mul")]
    public Tensor Mul(Tensor target) => TypeWith(target) switch
    {
        DType.Bool => Pointwise.Binary<And, bool, bool>(this, target),
        DType.ComplexFloat32 or DType.ComplexFloat64 => BinaryComplex<Multiply<Complex>>(this, target, TypeWith(target)),
        var type => Binary<Multiply<float>, Multiply<double>, Multiply<long>>(this, target, type, "mul"),
    };

    /// <summary>Product with a number.</summary>
    [Counterpart("mul")]
    public Tensor Mul(Scalar target) => TypeWith(target) switch
    {
        DType.Bool => Pointwise.Right<And, bool, bool>(this, target.ToBoolean()),
        DType.ComplexFloat32 or DType.ComplexFloat64 => Mul(Of(target, Dtype)),
        var type => Binary<Multiply<float>, Multiply<double>, Multiply<long>>(this, target, type, "mul"),
    };

    /// <summary>Quotient with broadcasting; integers are divided as floats unless the quotient is rounded.</summary>
    /// <param name="target">Divisors.</param>
    /// <param name="rounding_mode">How the quotient is rounded.</param>
    [Counterpart("div")]
    public Tensor Div(Tensor target, RoundingMode rounding_mode = RoundingMode.None)
    {
        var type = TypeWith(target);
        return rounding_mode switch
        {
            RoundingMode.Trunc => Quotients.Truncated(this, target, type),
            RoundingMode.Floor => Quotients.Floored(this, target, type),
            _ when ElementTypes.IsComplex(type) => BinaryComplex<Divide<Complex>>(this, target, type),
            _ => Binary<Divide<float>, Divide<double>, Divide<long>>(this, target, FloatType(type), "div"),
        };
    }

    /// <summary>Quotient by a number; integers are divided as floats unless the quotient is rounded.</summary>
    /// <param name="target">The divisor.</param>
    /// <param name="rounding_mode">How the quotient is rounded.</param>
    [Counterpart("div")]
    public Tensor Div(Scalar target, RoundingMode rounding_mode = RoundingMode.None)
    {
        var type = TypeWith(target);
        return rounding_mode != RoundingMode.None || ElementTypes.IsComplex(type)
            ? Div(Of(target, type), rounding_mode)
            : Binary<Divide<float>, Divide<double>, Divide<long>>(this, target, FloatType(type), "div");
    }

    /// <summary>Opposite.</summary>
    /// <exception cref="InvalidOperationException">The elements are truth values.</exception>
    [Counterpart("neg")]
    public Tensor Neg() => Dtype switch
    {
        DType.Float32 => Pointwise.Unary<Negate<float>, float, float>(this),
        DType.Bool => throw NoBool("Negation"),
        _ => (ElementTypes.Hub(Dtype) switch
        {
            DType.Float32 => Pointwise.Unary<Negate<float>, float, float>(As(DType.Float32)),
            DType.Int64 => Pointwise.Unary<Negate<long>, long, long>(As(DType.Int64)),
            DType.Float64 => Pointwise.Unary<Negate<double>, double, double>(this),
            _ => Pointwise.Unary<Negate<Complex>, Complex, Complex>(As(DType.ComplexFloat64)),
        }).As(Dtype),
    };

    /// <summary>Absolute value.</summary>
    [Counterpart("abs")]
    public Tensor Abs() => ElementTypes.Hub(Dtype) switch
    {
        DType.Float32 => Pointwise.Unary<Absolute<float>, float, float>(As(DType.Float32)).As(Dtype),
        DType.Int64 => Pointwise.Unary<Absolute<long>, long, long>(As(DType.Int64)).As(Dtype),
        DType.Float64 => Pointwise.Unary<Absolute<double>, double, double>(this),
        DType.ComplexFloat64 => ComplexNumbers.Absolute(this),
        _ => throw NoBool("The absolute value"),
    };

    /// <summary>Larger of two, with broadcasting; NaN wins.</summary>
    [Counterpart("maximum")]
    public Tensor Maximum(Tensor other) => TypeWith(other) is DType.Bool
        ? Pointwise.Binary<Or, bool, bool>(this, other)
        : Binary<Maximum<float>, Maximum<double>, Maximum<long>>(this, other, TypeWith(other), "maximum");

    /// <summary>Smaller of two, with broadcasting; NaN wins.</summary>
    [Counterpart("minimum")]
    public Tensor Minimum(Tensor other) => TypeWith(other) is DType.Bool
        ? Pointwise.Binary<And, bool, bool>(this, other)
        : Binary<Minimum<float>, Minimum<double>, Minimum<long>>(this, other, TypeWith(other), "minimum");

    internal Tensor SubtractedFrom(Scalar left)
    {
        var type = Dtype == DType.Bool ? throw NoBool("Subtraction") : TypeWith(left);
        return ElementTypes.IsComplex(type)
            ? Of(left, type).Sub(this)
            : Binary<Subtract<float>, Subtract<double>, Subtract<long>>(left, this, type, "sub");
    }

    internal Tensor Divided(Scalar left)
    {
        var type = FloatType(TypeWith(left));
        return ElementTypes.IsComplex(type) ? Of(left, type).Div(this) : Binary<Divide<float>, Divide<double>, Divide<long>>(left, this, type, "div");
    }
}
