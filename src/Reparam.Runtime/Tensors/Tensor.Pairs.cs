using System.Numerics;
using Reparam.Runtime.Kernels;
using Reparam.Runtime.Kernels.Operations;

namespace Reparam.Runtime;

/// <content>Functions of an element and a number or an element of another tensor.</content>
public partial class Tensor
{
    /// <summary>Power with broadcasting. An integer base and exponent give an integer.</summary>
    /// <exception cref="InvalidOperationException">A negative integer exponent of an integer.</exception>
    [Counterpart("pow")]
    public Tensor Pow(Tensor exponent) => TypeWith(exponent) switch
    {
        DType.Bool => throw NoBool("The power"),
        var type => Binary<Power<float>, Power<double>, IntegerPower>(this, exponent, type, "pow"),
    };

    /// <summary>Power by a number.</summary>
    /// <exception cref="InvalidOperationException">A negative integer exponent of an integer.</exception>
    [Counterpart("pow")]
    public Tensor Pow(Scalar exponent)
    {
        var type = TypeWith(exponent);
        var hub = ElementTypes.Hub(type == DType.Bool ? DType.Int64 : type);
        if (hub == DType.Int64)
        {
            return exponent.ToInt64() >= 0
                ? Pointwise.Right<IntegerPower, long, long>(As(hub), exponent.ToInt64()).As(type)
                : throw new InvalidOperationException("Integers to negative integer powers are not allowed.");
        }

        var x = As(hub);
        return (exponent.ToDouble() switch
        {
            2 => x.Mul(x),
            0.5 => x.Sqrt(),
            -0.5 => x.Rsqrt(),
            -1 => x.Reciprocal(),
            _ => Binary<Power<float>, Power<double>, IntegerPower>(x, exponent, hub, "pow"),
        }).As(type);
    }

    /// <summary>Power in double precision.</summary>
    [Counterpart("float_power")]
    public Tensor FloatPower(Tensor target) => As(DType.Float64).Pow(target.As(DType.Float64));

    /// <summary>Quotient, rounded down.</summary>
    [Counterpart("floor_divide")]
    public Tensor FloorDivide(Tensor other) => Quotients.Floored(this, other, Numeric(TypeWith(other), "floor_divide"));

    /// <summary>Quotient by a number, rounded down.</summary>
    [Counterpart("floor_divide")]
    public Tensor FloorDivide(Scalar other)
    {
        var type = Numeric(TypeWith(other), "floor_divide");
        return Quotients.Floored(this, Of(other, type), type);
    }

    /// <summary>What the quotient, cut towards zero, leaves over; it has the sign of the dividend.</summary>
    [Counterpart("fmod")]
    public Tensor Fmod(Tensor target) => Quotients.Fmod(this, target, Numeric(TypeWith(target), "fmod"));

    /// <summary>What the quotient, cut towards zero, leaves over; it has the sign of the dividend.</summary>
    [Counterpart("fmod")]
    public Tensor Fmod(Scalar scalar) => Quotients.Fmod(this, Of(scalar, Numeric(TypeWith(scalar), "fmod")), TypeWith(scalar));

    /// <summary>What the quotient, rounded down, leaves over; it has the sign of the divisor.</summary>
    [Counterpart("remainder")]
    public Tensor Remainder(Tensor target) => Quotients.Remainder(this, target, Numeric(TypeWith(target), "remainder"));

    /// <summary>What the quotient, rounded down, leaves over; it has the sign of the divisor.</summary>
    [Counterpart("remainder")]
    public Tensor Remainder(Scalar scalar) => Quotients.Remainder(this, Of(scalar, Numeric(TypeWith(scalar), "remainder")), TypeWith(scalar));

    /// <summary>Quotient; integers are divided as floats.</summary>
    [Counterpart("true_divide")]
    public Tensor TrueDivide(Tensor other) => Div(other);

    /// <summary>Quotient by a number; integers are divided as floats.</summary>
    [Counterpart("true_divide")]
    public Tensor TrueDivide(Scalar other) => Div(other);

    /// <summary>Quotient with broadcasting.</summary>
    [Counterpart("divide")]
    public Tensor Divide(Tensor target, RoundingMode rounding_mode = RoundingMode.None) => Div(target, rounding_mode);

    /// <summary>Quotient by a number.</summary>
    [Counterpart("divide")]
    public Tensor Divide(Scalar target, RoundingMode rounding_mode = RoundingMode.None) => Div(target, rounding_mode);

    /// <summary>Product with broadcasting.</summary>
    [Counterpart("multiply")]
    public Tensor Multiply(Tensor target) => Mul(target);

    /// <summary>Product with a number.</summary>
    [Counterpart("multiply")]
    public Tensor Multiply(Scalar target) => Mul(target);

    /// <summary>Difference with broadcasting.</summary>
    [Counterpart("subtract")]
    public Tensor Subtract(Tensor target) => Sub(target);

    /// <summary>Difference from a number.</summary>
    [Counterpart("subtract")]
    public Tensor Subtract(Scalar target) => Sub(target);

    /// <summary>Angle of the point (other, this).</summary>
    [Counterpart("atan2")]
    public Tensor Atan2(Tensor other) => Zip(other, Math.Atan2, "atan2");

    /// <summary>Angle of the point (other, this).</summary>
    [Counterpart("arctan2")]
    public Tensor Arctan2(Tensor other) => Atan2(other);

    /// <summary>√(x² + y²).</summary>
    [Counterpart("hypot")]
    public Tensor Hypot(Tensor other) => Zip(other, double.Hypot, "hypot", FloatsOnly(TypeWith(other), "hypot"));

    /// <summary>The absolute value with another's sign.</summary>
    [Counterpart("copysign")]
    public Tensor Copysign(Tensor other) => Zip(other, Math.CopySign, "copysign");

    /// <summary>The next number of the same type towards <paramref name="other"/>.</summary>
    [Counterpart("nextafter")]
    public Tensor Nextafter(Tensor other) => TypeWith(other) switch
    {
        DType.Float32 => Zip(other, (a, b) => Next((float)a, (float)b), "nextafter"),
        DType.Float64 => Zip(other, Next, "nextafter"),
        DType.Float16 => Zip(other, (a, b) => (double)Next((Half)a, (Half)b), "nextafter"),
        DType.BFloat16 => Zip(other, (a, b) => Runtime.BFloat16.Next((BFloat16)a, (BFloat16)b).ToSingle(), "nextafter"),
        var type => throw NotDefined("nextafter", type),
    };

    /// <summary>0, 1, or the value of <paramref name="other"/>, as the element is negative, positive or zero.</summary>
    [Counterpart("heaviside")]
    public Tensor Heaviside(Tensor other) => Dtype == other.Dtype
        ? Pointwise.Zip<double, double>(As(DType.Float64), other.As(DType.Float64), (x, y) => x == 0 ? y : x > 0 ? 1 : 0).As(Dtype)
        : throw new InvalidOperationException($"heaviside: both tensors must have the same type, but are {Dtype} and {other.Dtype}.");

    /// <summary>Larger of two; of a number and NaN the number.</summary>
    [Counterpart("fmax")]
    public Tensor Fmax(Tensor other) => ElementTypes.IsFloat(TypeWith(other))
        ? Zip(other, (x, y) => double.IsNaN(x) ? y : double.IsNaN(y) ? x : Math.Max(x, y), "fmax")
        : Maximum(other);

    /// <summary>Smaller of two; of a number and NaN the number.</summary>
    [Counterpart("fmin")]
    public Tensor Fmin(Tensor other) => ElementTypes.IsFloat(TypeWith(other))
        ? Zip(other, (x, y) => double.IsNaN(x) ? y : double.IsNaN(y) ? x : Math.Min(x, y), "fmin")
        : Minimum(other);

    /// <summary>x · 2^other.</summary>
    [Counterpart("ldexp")]
    public Tensor Ldexp(Tensor other) => Mul(other.Exp2());

    /// <summary>ln(eˣ + eʸ).</summary>
    [Counterpart("logaddexp")]
    public Tensor Logaddexp(Tensor other) => Zip(other, SpecialFunctions.LogAddExp, "logaddexp", FloatsOnly(TypeWith(other), "logaddexp"));

    /// <summary>log₂(2ˣ + 2ʸ).</summary>
    [Counterpart("logaddexp2")]
    public Tensor Logaddexp2(Tensor other) => Zip(
        other, (x, y) => SpecialFunctions.LogAddExp(x * Math.Log(2), y * Math.Log(2)) / Math.Log(2), "logaddexp2", FloatsOnly(TypeWith(other), "logaddexp2"));

    /// <summary>x · ln(y); 0 where x is 0.</summary>
    [Counterpart("xlogy")]
    public Tensor Xlogy(Tensor y) => Zip(y, TimesLogarithm, "xlogy");

    /// <summary>x · ln(y); 0 where x is 0.</summary>
    [Counterpart("xlogy")]
    public Tensor Xlogy(Scalar y) => Xlogy(Of(y, FloatType(TypeWith(y))));

    /// <summary>Greatest common divisor.</summary>
    [Counterpart("gcd")]
    public Tensor Gcd(Tensor other) => ZipIntegers(other, GreatestCommonDivisor, "gcd");

    /// <summary>Least common multiple.</summary>
    [Counterpart("lcm")]
    public Tensor Lcm(Tensor other) => ZipIntegers(other, (a, b) => a == 0 || b == 0 ? 0 : Math.Abs(a / GreatestCommonDivisor(a, b) * b), "lcm");

    /// <summary>And of the bits.</summary>
    [Counterpart("bitwise_and")]
    public Tensor BitwiseAnd(Tensor other) => TypeWith(other) == DType.Bool ? LogicalAnd(other) : ZipIntegers(other, (a, b) => a & b, "bitwise_and");

    /// <summary>Or of the bits.</summary>
    [Counterpart("bitwise_or")]
    public Tensor BitwiseOr(Tensor other) => TypeWith(other) == DType.Bool ? LogicalOr(other) : ZipIntegers(other, (a, b) => a | b, "bitwise_or");

    /// <summary>Exclusive or of the bits.</summary>
    [Counterpart("bitwise_xor")]
    public Tensor BitwiseXor(Tensor other) => TypeWith(other) == DType.Bool ? LogicalXor(other) : ZipIntegers(other, (a, b) => a ^ b, "bitwise_xor");

    /// <summary>Complement of the bits; the opposite of truth values.</summary>
    [Counterpart("bitwise_not")]
    public Tensor BitwiseNot() => Dtype == DType.Bool ? LogicalNot() : Pointwise.Map<long>(Integers("bitwise_not").As(DType.Int64), a => ~a).As(Dtype);

    /// <summary>Bits shifted to the left.</summary>
    [Counterpart("bitwise_left_shift")]
    public Tensor BitwiseLeftShift(Tensor other)
    {
        var bits = 8 * ElementTypes.Width(TypeWith(other));
        return ZipIntegers(other, (a, b) => b < 0 || b >= bits ? 0 : a << (int)b, "bitwise_left_shift");
    }

    /// <summary>Bits shifted to the right; the sign stays.</summary>
    [Counterpart("bitwise_right_shift")]
    public Tensor BitwiseRightShift(Tensor other)
    {
        var bits = 8 * ElementTypes.Width(TypeWith(other));
        return ZipIntegers(other, (a, b) => a >> (int)(b < 0 || b >= bits ? bits - 1 : b), "bitwise_right_shift");
    }

    /// <summary>This + weight · (end − this).</summary>
    [Counterpart("lerp")]
    public Tensor Lerp(Tensor end, Tensor weight)
    {
        if (Dtype != end.Dtype || (Dtype != weight.Dtype && weight.Rank > 0))
        {
            throw new InvalidOperationException($"lerp: the three tensors must have one type, but are {Dtype}, {end.Dtype} and {weight.Dtype}.");
        }

        // From the nearer end, so that a weight of 1 gives the end itself.
        var hub = ElementTypes.Hub(RequireFloat("lerp").Dtype);
        var (x, y, w) = (As(hub), end.As(hub), weight.As(hub));
        var distance = y.Sub(x);
        return Selection.Where(w.Abs().Lt(0.5), x.Add(w.Mul(distance)), y.Sub(distance.Mul(w.SubtractedFrom(1)))).As(Dtype);
    }

    /// <summary>This + value · tensor1 · tensor2.</summary>
    [Counterpart("addcmul")]
    public Tensor Addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => InHub(
        TypeWith(tensor1), type => As(type).Add(tensor1.As(type).Mul(tensor2.As(type)).Mul(value)));

    /// <summary>This + value · tensor1 / tensor2.</summary>
    [Counterpart("addcdiv")]
    public Tensor Addcdiv(Tensor tensor1, Tensor tensor2, Scalar value) => ElementTypes.IsFloat(tensor1.TypeWith(tensor2))
        ? InHub(TypeWith(tensor1), type => As(type).Add(tensor1.As(type).Div(tensor2.As(type)).Mul(value)))
        : throw NotDefined("addcdiv", tensor1.TypeWith(tensor2));

    /// <summary>This + tensor1 / tensor2.</summary>
    [Counterpart("addcdiv")]
    public Tensor Addcdiv(Tensor tensor1, Tensor tensor2) => Addcdiv(tensor1, tensor2, 1);

    private static double TimesLogarithm(double x, double y) => double.IsNaN(y) ? y : x == 0 ? 0 : x * Math.Log(y);

    private static long GreatestCommonDivisor(long a, long b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return Math.Abs(a);
    }

    private Tensor Zip(Tensor other, Func<double, double, double> function, string operation, DType? type = null)
    {
        var result = type ?? FloatType(TypeWith(other));
        return ElementTypes.IsFloat(result)
            ? Pointwise.Zip(As(result, DType.Float64), other.As(result, DType.Float64), function).As(result)
            : throw NotDefined(operation, result);
    }

    private Tensor ZipIntegers(Tensor other, Func<long, long, long> function, string operation)
    {
        var type = TypeWith(other);
        return ElementTypes.IsInteger(type)
            ? Pointwise.Zip(As(type, DType.Int64), other.As(type, DType.Int64), function).As(type)
            : throw NotDefined(operation, type);
    }

    private static T Next<T>(T from, T towards)
        where T : IFloatingPointIeee754<T> =>
        T.IsNaN(from) || T.IsNaN(towards) ? T.NaN : from == towards ? towards : from < towards ? T.BitIncrement(from) : T.BitDecrement(from);
}
