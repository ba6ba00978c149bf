using Reparam.Runtime.Kernels;
using Reparam.Runtime.Kernels.Operations;

namespace Reparam.Runtime;

/// <content>Functions of each element. Integers and truth values are converted to floats where the result is none of them.</content>
public partial class Tensor
{
    /// <summary>Square root.</summary>
    [Counterpart("sqrt")]
    public Tensor Sqrt() => Pointwise.Unary<SquareRoot, float, float>(As(DType.Float32));

    /// <summary>1 / √x.</summary>
    [Counterpart("rsqrt")]
    public Tensor Rsqrt() => Pointwise.Unary<ReciprocalSquareRoot, float, float>(As(DType.Float32));

    /// <summary>eˣ.</summary>
    [Counterpart("exp")]
    public Tensor Exp() => Pointwise.Unary<Exponential, float, float>(As(DType.Float32));

    /// <summary>Natural logarithm.</summary>
    [Counterpart("log")]
    public Tensor Log() => Pointwise.Unary<Logarithm, float, float>(As(DType.Float32));

    /// <summary>Sine.</summary>
    [Counterpart("sin")]
    public Tensor Sin() => Pointwise.Unary<Sine, float, float>(As(DType.Float32));

    /// <summary>Cosine.</summary>
    [Counterpart("cos")]
    public Tensor Cos() => Pointwise.Unary<Cosine, float, float>(As(DType.Float32));

    /// <summary>Hyperbolic tangent.</summary>
    [Counterpart("tanh")]
    public Tensor Tanh() => Pointwise.Unary<HyperbolicTangent, float, float>(As(DType.Float32));

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [Counterpart("sigmoid")]
    public Tensor Sigmoid() => Pointwise.Unary<Logistic, float, float>(As(DType.Float32));

    /// <summary>Error function.</summary>
    [Counterpart("erf")]
    public Tensor Erf() => Pointwise.Unary<ErrorFunction, float, float>(As(DType.Float32));

    /// <summary>1 / x.</summary>
    [Counterpart("reciprocal")]
    public Tensor Reciprocal() => Pointwise.Unary<Reciprocal, float, float>(As(DType.Float32));

    /// <summary>Largest integer not above.</summary>
    [Counterpart("floor")]
    public Tensor Floor() => Dtype == DType.Int64 ? Clone() : Pointwise.Unary<Floor, float, float>(RequireFloat("floor"));

    /// <summary>Smallest integer not below.</summary>
    [Counterpart("ceil")]
    public Tensor Ceil() => Dtype == DType.Int64 ? Clone() : Pointwise.Unary<Ceiling, float, float>(RequireFloat("ceil"));

    /// <summary>Nearest integer, ties to even.</summary>
    [Counterpart("round")]
    public Tensor Round() => Pointwise.Unary<RoundHalfEven, float, float>(RequireFloat("round"));

    /// <summary>x².</summary>
    [Counterpart("square")]
    public Tensor Square() => Dtype == DType.Bool ? ToType(DType.Int64) : Mul(this);

    /// <summary>max(x, 0).</summary>
    [Counterpart("relu")]
    public Tensor Relu() => Dtype switch
    {
        DType.Float32 => Pointwise.Right<Maximum<float>, float, float>(this, 0),
        DType.Int64 => Pointwise.Right<Maximum<long>, long, long>(this, 0),
        _ => throw NoBool("relu"),
    };

    /// <summary>Sets every element x to max(x, 0).</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("relu_")]
    public Tensor Relu_()
    {
        switch (Dtype)
        {
            case DType.Float32:
                Pointwise.RightInPlace<Maximum<float>, float>(this, 0);
                break;
            case DType.Int64:
                Pointwise.RightInPlace<Maximum<long>, long>(this, 0);
                break;
            default:
                throw NoBool("relu_");
        }

        return this;
    }

    /// <summary>x / (1 + e⁻ˣ).</summary>
    [Counterpart("silu")]
    public Tensor Silu() => Pointwise.Unary<SigmoidLinear, float, float>(RequireFloat("silu"));

    /// <summary>x·Φ(x), with the error function.</summary>
    [Counterpart("gelu")]
    public Tensor Gelu() => Pointwise.Unary<GaussianErrorLinear, float, float>(RequireFloat("gelu"));

    /// <summary>x·Φ(x), with the error function or its tanh approximation.</summary>
    [Counterpart("gelu")]
    public Tensor Gelu(GeluApproximate approximate) => approximate == GeluApproximate.Tanh
        ? Pointwise.Unary<GaussianErrorLinearTanh, float, float>(RequireFloat("gelu"))
        : Gelu();

    /// <summary>Power with broadcasting. An integer base and exponent give an integer.</summary>
    /// <exception cref="InvalidOperationException">A negative integer exponent of an integer.</exception>
    [Counterpart("pow")]
    public Tensor Pow(Tensor exponent) => Promote(Dtype, exponent.Dtype) switch
    {
        DType.Float32 => Pointwise.Binary<Power, float, float>(As(DType.Float32), exponent.As(DType.Float32)),
        DType.Int64 => Pointwise.Binary<IntegerPower, long, long>(As(DType.Int64), exponent.As(DType.Int64)),
        _ => throw NoBool("The power"),
    };

    /// <summary>Power by a number.</summary>
    /// <exception cref="InvalidOperationException">A negative integer exponent of an integer.</exception>
    [Counterpart("pow")]
    public Tensor Pow(Scalar exponent)
    {
        if (Promote(Dtype, exponent.Type) != DType.Float32)
        {
            return exponent.ToInt64() >= 0
                ? Pointwise.Right<IntegerPower, long, long>(As(DType.Int64), exponent.ToInt64())
                : throw new InvalidOperationException("Integers to negative integer powers are not allowed.");
        }

        var x = As(DType.Float32);
        return exponent.ToDouble() switch
        {
            2 => x.Square(),
            0.5 => x.Sqrt(),
            -0.5 => x.Rsqrt(),
            -1 => x.Reciprocal(),
            _ => Pointwise.Right<Power, float, float>(x, exponent.ToSingle()),
        };
    }

    /// <summary>Cuts to a range; NaN stays. When the bounds cross, the upper one counts.</summary>
    /// <exception cref="ArgumentException">No bound is given.</exception>
    [Counterpart("clamp")]
    public Tensor Clamp(Scalar? min = null, Scalar? max = null)
    {
        if (min is null && max is null)
        {
            throw new ArgumentException("clamp: at least one of min and max must be given.");
        }

        var x = min is { } low ? ClampMin(low) : this;
        return max is { } high ? x.ClampMax(high) : x;
    }

    /// <summary>Cuts to a range given by tensors, with broadcasting.</summary>
    /// <exception cref="ArgumentException">No bound is given.</exception>
    [Counterpart("clamp")]
    public Tensor Clamp(Tensor? min, Tensor? max)
    {
        if (min is null && max is null)
        {
            throw new ArgumentException("clamp: at least one of min and max must be given.");
        }

        var x = min is null ? this : Maximum(min);
        return max is null ? x : x.Minimum(max);
    }

    /// <summary>At least a number.</summary>
    [Counterpart("clamp_min")]
    public Tensor ClampMin(Scalar min) => Promote(Dtype, min.Type) == DType.Float32
        ? Pointwise.Right<Maximum<float>, float, float>(As(DType.Float32), min.ToSingle())
        : Pointwise.Right<Maximum<long>, long, long>(RequireNumber("clamp", min), min.ToInt64());

    /// <summary>At most a number.</summary>
    [Counterpart("clamp_max")]
    public Tensor ClampMax(Scalar max) => Promote(Dtype, max.Type) == DType.Float32
        ? Pointwise.Right<Minimum<float>, float, float>(As(DType.Float32), max.ToSingle())
        : Pointwise.Right<Minimum<long>, long, long>(RequireNumber("clamp", max), max.ToInt64());

    private Tensor RequireFloat(string operation) => Dtype == DType.Float32
        ? this
        : throw new InvalidOperationException($"{operation} is not defined for {Dtype}.");

    private Tensor RequireNumber(string operation, Scalar other) =>
        Promote(Dtype, other.Type) == DType.Bool ? throw NoBool(operation) : As(DType.Int64);
}
