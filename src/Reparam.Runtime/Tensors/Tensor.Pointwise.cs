using Reparam.Runtime.Kernels;
using Reparam.Runtime.Kernels.Operations;

namespace Reparam.Runtime;

/// <content>Functions of each element. Integers and truth values are converted to floats where the result is none of them.</content>
public partial class Tensor
{
    /// <summary>Square root.</summary>
    [Counterpart("sqrt")]
    public Tensor Sqrt() => Function<SquareRoot>("sqrt");

    /// <summary>1 / √x.</summary>
    [Counterpart("rsqrt")]
    public Tensor Rsqrt() => Function<ReciprocalSquareRoot>("rsqrt");

    /// <summary>eˣ.</summary>
    [Counterpart("exp")]
    public Tensor Exp() => ElementTypes.IsComplex(Dtype) ? ComplexNumbers.Map(this, System.Numerics.Complex.Exp) : Function<Exponential>("exp");

    /// <summary>2ˣ.</summary>
    [Counterpart("exp2")]
    public Tensor Exp2() => Function(x => Math.Pow(2, x), "exp2");

    /// <summary>eˣ − 1, accurate near 0.</summary>
    [Counterpart("expm1")]
    public Tensor Expm1() => Function(SpecialFunctions.ExpMinusOne, "expm1");

    /// <summary>Natural logarithm.</summary>
    [Counterpart("log")]
    public Tensor Log() => Function<Logarithm>("log");

    /// <summary>Logarithm to base 2.</summary>
    [Counterpart("log2")]
    public Tensor Log2() => Function(Math.Log2, "log2");

    /// <summary>Logarithm to base 10.</summary>
    [Counterpart("log10")]
    public Tensor Log10() => Function(Math.Log10, "log10");

    /// <summary>ln(1 + x), accurate near 0.</summary>
    [Counterpart("log1p")]
    public Tensor Log1p() => Function(SpecialFunctions.LogOnePlus, "log1p");

    /// <summary>Sine.</summary>
    [Counterpart("sin")]
    public Tensor Sin() => Function<Sine>("sin");

    /// <summary>Cosine.</summary>
    [Counterpart("cos")]
    public Tensor Cos() => Function<Cosine>("cos");

    /// <summary>Tangent.</summary>
    [Counterpart("tan")]
    public Tensor Tan() => Function(Math.Tan, "tan");

    /// <summary>Inverse sine.</summary>
    [Counterpart("asin")]
    public Tensor Asin() => Function(Math.Asin, "asin");

    /// <summary>Inverse sine.</summary>
    [Counterpart("arcsin")]
    public Tensor Arcsin() => Asin();

    /// <summary>Inverse cosine.</summary>
    [Counterpart("acos")]
    public Tensor Acos() => Function(Math.Acos, "acos");

    /// <summary>Inverse cosine.</summary>
    [Counterpart("arccos")]
    public Tensor Arccos() => Acos();

    /// <summary>Inverse tangent.</summary>
    [Counterpart("atan")]
    public Tensor Atan() => Function(Math.Atan, "atan");

    /// <summary>Inverse tangent.</summary>
    [Counterpart("arctan")]
    public Tensor Arctan() => Atan();

    /// <summary>Hyperbolic sine.</summary>
    [Counterpart("sinh")]
    public Tensor Sinh() => Function(Math.Sinh, "sinh");

    /// <summary>Hyperbolic cosine.</summary>
    [Counterpart("cosh")]
    public Tensor Cosh() => Function(Math.Cosh, "cosh");

    /// <summary>Hyperbolic tangent.</summary>
    [Counterpart("tanh")]
    public Tensor Tanh() => Function<HyperbolicTangent>("tanh");

    /// <summary>Inverse hyperbolic sine.</summary>
    [Counterpart("asinh")]
    public Tensor Asinh() => Function(Math.Asinh, "asinh");

    /// <summary>Inverse hyperbolic sine.</summary>
    [Counterpart("arcsinh")]
    public Tensor Arcsinh() => Asinh();

    /// <summary>Inverse hyperbolic cosine.</summary>
    [Counterpart("acosh")]
    public Tensor Acosh() => Function(Math.Acosh, "acosh");

    /// <summary>Inverse hyperbolic cosine.</summary>
    [Counterpart("arccosh")]
    public Tensor Arccosh() => Acosh();

    /// <summary>Inverse hyperbolic tangent.</summary>
    [Counterpart("atanh")]
    public Tensor Atanh() => Function(Math.Atanh, "atanh");

    /// <summary>Inverse hyperbolic tangent.</summary>
    [Counterpart("arctanh")]
    public Tensor Arctanh() => Atanh();

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [Counterpart("sigmoid")]
    public Tensor Sigmoid() => Function<Logistic>("sigmoid");

    /// <summary>ln(x / (1 − x)), with x cut to [eps, 1 − eps] where eps is given.</summary>
    [Counterpart("logit")]
    public Tensor Logit(double? eps = null) =>
        Function(x => eps is { } e && !double.IsNaN(x) ? LogOdds(Math.Min(Math.Max(x, e), 1 - e)) : LogOdds(x), "logit");

    /// <summary>Error function.</summary>
    [Counterpart("erf")]
    public Tensor Erf() => Function<ErrorFunction>("erf");

    /// <summary>1 − erf(x).</summary>
    [Counterpart("erfc")]
    public Tensor Erfc() => Function(SpecialFunctions.Erfc, "erfc");

    /// <summary>Inverse of the error function.</summary>
    [Counterpart("erfinv")]
    public Tensor Erfinv() => Function(SpecialFunctions.InverseErf, "erfinv");

    /// <summary>Logarithm of |Γ(x)|.</summary>
    [Counterpart("lgamma")]
    public Tensor Lgamma() => Function(SpecialFunctions.LogGamma, "lgamma");

    /// <summary>Derivative of ln Γ(x).</summary>
    [Counterpart("digamma")]
    public Tensor Digamma() => Function(SpecialFunctions.Digamma, "digamma");

    /// <summary>Modified Bessel function of the first kind and order 0.</summary>
    [Counterpart("i0")]
    public Tensor I0() => Function(SpecialFunctions.BesselI0, "i0");

    /// <summary>sin(πx) / (πx).</summary>
    [Counterpart("sinc")]
    public Tensor Sinc() => Function(SpecialFunctions.Sinc, "sinc");

    /// <summary>1 / x.</summary>
    [Counterpart("reciprocal")]
    public Tensor Reciprocal() => Function<Reciprocal>("reciprocal");

    /// <summary>Degrees as radians.</summary>
    [Counterpart("deg2rad")]
    public Tensor Deg2rad() => Function(x => x * (Math.PI / 180), "deg2rad");

    /// <summary>Radians as degrees.</summary>
    [Counterpart("rad2deg")]
    public Tensor Rad2deg() => Function(x => x * (180 / Math.PI), "rad2deg");

    /// <summary>Largest integer not above.</summary>
    [Counterpart("floor")]
    public Tensor Floor() => ElementTypes.IsInteger(Dtype) ? Clone() : Unary<Floor>(RequireFloat("floor").Dtype, "floor");

    /// <summary>Smallest integer not below.</summary>
    [Counterpart("ceil")]
    public Tensor Ceil() => ElementTypes.IsInteger(Dtype) ? Clone() : Unary<Ceiling>(RequireFloat("ceil").Dtype, "ceil");

    /// <summary>Nearest number with as many decimals, ties to even; negative decimals round to tens, hundreds, …</summary>
    [Counterpart("round")]
    public Tensor Round(long decimals = 0)
    {
        if (decimals == 0)
        {
            return Unary<RoundHalfEven>(RequireFloat("round").Dtype, "round");
        }

        // Scaled in the type of the computation, as libtorch does: this decides what is a tie.
        var hub = ElementTypes.Hub(RequireFloat("round").Dtype);
        var power = Math.Pow(10, Math.Abs(decimals));
        var (x, scale) = (As(hub), hub == DType.Float32 ? (float)power : power);
        return (decimals > 0 ? x.Mul(scale).Round().Div(scale) : x.Div(scale).Round().Mul(scale)).As(Dtype);
    }

    /// <summary>Integer part: cut towards zero.</summary>
    [Counterpart("trunc")]
    public Tensor Trunc() => ElementTypes.IsInteger(Dtype) ? Clone() : Map(Math.Truncate, RequireFloat("trunc").Dtype, "trunc");

    /// <summary>Integer part: cut towards zero.</summary>
    [Counterpart("fix")]
    public Tensor Fix() => Trunc();

    /// <summary>What the integer part leaves over.</summary>
    [Counterpart("frac")]
    public Tensor Frac() => Map(x => x - Math.Truncate(x), RequireFloat("frac").Dtype, "frac");

    /// <summary>−1, 0 or 1, as the element is negative, zero or positive; NaN gives 0.</summary>
    [Counterpart("sign")]
    public Tensor Sign() => Dtype == DType.Bool ? Clone() : ElementTypes.IsInteger(Dtype)
        ? Pointwise.Map<long>(As(DType.Int64), x => Math.Sign(x)).As(Dtype)
        : Map(x => x > 0 ? 1 : x < 0 ? -1 : 0, Dtype, "sign");

    /// <summary>The sign of a number; a complex number divided by its absolute value.</summary>
    [Counterpart("sgn")]
    public Tensor Sgn() => ElementTypes.IsComplex(Dtype) ? ComplexNumbers.Map(this, x => x == 0 ? 0 : x / System.Numerics.Complex.Abs(x)) : Sign();

    /// <summary>Whether the sign bit is set.</summary>
    [Counterpart("signbit")]
    public Tensor Signbit() => ElementTypes.IsFloat(Dtype)
        ? Map(x => double.IsNegative(x) ? 1 : 0, Dtype, "signbit").As(DType.Bool)
        : Lt(0);

    /// <summary>x².</summary>
    [Counterpart("square")]
    public Tensor Square() => Dtype == DType.Bool ? ToType(DType.Int64) : Mul(this);

    /// <summary>Opposite.</summary>
    [Counterpart("negative")]
    public Tensor Negative() => Neg();

    /// <summary>The tensor itself.</summary>
    [Counterpart("positive")]
    public Tensor Positive() => Dtype == DType.Bool ? throw NoBool("positive") : Alias();

    /// <summary>Absolute value.</summary>
    [Counterpart("absolute")]
    public Tensor Absolute() => Abs();

    /// <summary>Replaces what is no finite number: NaN, +∞ by the largest number, −∞ by the smallest, unless others are given.</summary>
    [Counterpart("nan_to_num")]
    public Tensor NanToNum(double nan = 0, double? posinf = null, double? neginf = null)
    {
        if (!ElementTypes.IsFloat(Dtype))
        {
            return Clone();
        }

        var largest = Dtype switch
        {
            DType.Float32 => float.MaxValue,
            DType.Float64 => double.MaxValue,
            DType.Float16 => 65504,
            _ => 3.3895313892515355e38,
        };
        var (above, below) = (posinf ?? largest, neginf ?? -largest);
        return Map(x => double.IsNaN(x) ? nan : double.IsPositiveInfinity(x) ? above : double.IsNegativeInfinity(x) ? below : x, Dtype, "nan_to_num");
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

        // Both bounds count for the type before either is applied.
        var type = min is { } lower ? TypeWith(lower) : Dtype;
        type = max is { } upper ? TypeWith(type, upper) : type;
        var x = As(type);
        x = min is { } low ? x.ClampMin(low) : x;
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

    /// <summary>Cuts to a range; NaN stays.</summary>
    /// <exception cref="ArgumentException">No bound is given.</exception>
    [Counterpart("clip")]
    public Tensor Clip(Scalar? min = null, Scalar? max = null) => Clamp(min, max);

    /// <summary>At least a number.</summary>
    [Counterpart("clamp_min")]
    public Tensor ClampMin(Scalar min) =>
        Binary<Maximum<float>, Maximum<double>, Maximum<long>>(this, min, Numeric(TypeWith(min), "clamp"), "clamp");

    /// <summary>At most a number.</summary>
    [Counterpart("clamp_max")]
    public Tensor ClampMax(Scalar max) =>
        Binary<Minimum<float>, Minimum<double>, Minimum<long>>(this, max, Numeric(TypeWith(max), "clamp"), "clamp");

    private static double LogOdds(double x) => Math.Log(x / (1 - x));

    private static DType Numeric(DType type, string operation) => type == DType.Bool ? throw NoBool(operation) : type;

    private static DType FloatsOnly(DType type, string operation) => ElementTypes.IsFloat(type) ? type : throw NotDefined(operation, type);

    private Tensor Integers(string operation) => ElementTypes.IsInteger(Dtype) ? this : throw NotDefined(operation, Dtype);

    // A computation of several steps that is rounded once, as libtorch rounds it.
    private static Tensor InHub(DType type, Func<DType, Tensor> computation) => computation(ElementTypes.Hub(type)).As(type);
}
