namespace Reparam.Runtime;

/// <content>Functional forms of the functions of each element.</content>
public static partial class Torch
{
    /// <summary>Absolute value.</summary>
    [Counterpart("absolute")]
    public static Tensor Absolute(Tensor input) => input.Absolute();

    /// <summary>Inverse cosine.</summary>
    [Counterpart("acos")]
    public static Tensor Acos(Tensor input) => input.Acos();

    /// <summary>Inverse hyperbolic cosine.</summary>
    [Counterpart("acosh")]
    public static Tensor Acosh(Tensor input) => input.Acosh();

    /// <summary>Sum with broadcasting.</summary>
    [Counterpart("add")]
    public static Tensor Add(Tensor left, Tensor right, Scalar alpha) => left.Add(right, alpha);

    /// <summary>Sum with broadcasting.</summary>
    [Counterpart("add")]
    public static Tensor Add(Tensor left, Scalar right, Scalar alpha) => left.Add(right, alpha);

    /// <summary>The tensor + value · tensor1 / tensor2.</summary>
    [Counterpart("addcdiv")]
    public static Tensor Addcdiv(Tensor input, Tensor tensor1, Tensor tensor2, Scalar value) => input.Addcdiv(tensor1, tensor2, value);

    /// <summary>The tensor + value · tensor1 · tensor2.</summary>
    [Counterpart("addcmul")]
    public static Tensor Addcmul(Tensor input, Tensor tensor1, Tensor tensor2, Scalar value) => input.Addcmul(tensor1, tensor2, value);

    /// <summary>Argument of a complex number; 0 or π of a real one.</summary>
    [Counterpart("angle")]
    public static Tensor Angle(Tensor input) => input.Angle();

    /// <summary>Inverse cosine.</summary>
    [Counterpart("arccos")]
    public static Tensor Arccos(Tensor input) => input.Arccos();

    /// <summary>Inverse hyperbolic cosine.</summary>
    [Counterpart("arccosh")]
    public static Tensor Arccosh(Tensor input) => input.Arccosh();

    /// <summary>Inverse sine.</summary>
    [Counterpart("arcsin")]
    public static Tensor Arcsin(Tensor input) => input.Arcsin();

    /// <summary>Inverse hyperbolic sine.</summary>
    [Counterpart("arcsinh")]
    public static Tensor Arcsinh(Tensor input) => input.Arcsinh();

    /// <summary>Inverse tangent.</summary>
    [Counterpart("arctan")]
    public static Tensor Arctan(Tensor input) => input.Arctan();

    /// <summary>Angle of the point (other, this).</summary>
    [Counterpart("arctan2")]
    public static Tensor Arctan2(Tensor input, Tensor other) => input.Arctan2(other);

    /// <summary>Inverse hyperbolic tangent.</summary>
    [Counterpart("arctanh")]
    public static Tensor Arctanh(Tensor input) => input.Arctanh();

    /// <summary>Inverse sine.</summary>
    [Counterpart("asin")]
    public static Tensor Asin(Tensor input) => input.Asin();

    /// <summary>Inverse hyperbolic sine.</summary>
    [Counterpart("asinh")]
    public static Tensor Asinh(Tensor input) => input.Asinh();

    /// <summary>Inverse tangent.</summary>
    [Counterpart("atan")]
    public static Tensor Atan(Tensor input) => input.Atan();

    /// <summary>Angle of the point (other, this).</summary>
    [Counterpart("atan2")]
    public static Tensor Atan2(Tensor input, Tensor other) => input.Atan2(other);

    /// <summary>Inverse hyperbolic tangent.</summary>
    [Counterpart("atanh")]
    public static Tensor Atanh(Tensor input) => input.Atanh();

    /// <summary>And of the bits.</summary>
    [Counterpart("bitwise_and")]
    public static Tensor BitwiseAnd(Tensor left, Tensor right) => left.BitwiseAnd(right);

    /// <summary>Bits shifted to the left.</summary>
    [Counterpart("bitwise_left_shift")]
    public static Tensor BitwiseLeftShift(Tensor left, Tensor right) => left.BitwiseLeftShift(right);

    /// <summary>Complement of the bits; the opposite of truth values.</summary>
    [Counterpart("bitwise_not")]
    public static Tensor BitwiseNot(Tensor input) => input.BitwiseNot();

    /// <summary>Or of the bits.</summary>
    [Counterpart("bitwise_or")]
    public static Tensor BitwiseOr(Tensor left, Tensor right) => left.BitwiseOr(right);

    /// <summary>Bits shifted to the right; the sign stays.</summary>
    [Counterpart("bitwise_right_shift")]
    public static Tensor BitwiseRightShift(Tensor left, Tensor right) => left.BitwiseRightShift(right);

    /// <summary>Exclusive or of the bits.</summary>
    [Counterpart("bitwise_xor")]
    public static Tensor BitwiseXor(Tensor left, Tensor right) => left.BitwiseXor(right);

    /// <summary>Smallest integer not below.</summary>
    [Counterpart("ceil")]
    public static Tensor Ceil(Tensor input) => input.Ceil();

    /// <summary>Cuts to a range; NaN stays. When the bounds cross, the upper one counts.</summary>
    [Counterpart("clamp")]
    public static Tensor Clamp(Tensor input, Tensor? min, Tensor? max) => input.Clamp(min, max);

    /// <summary>At most a number.</summary>
    [Counterpart("clamp_max")]
    public static Tensor ClampMax(Tensor input, Scalar max) => input.ClampMax(max);

    /// <summary>At least a number.</summary>
    [Counterpart("clamp_min")]
    public static Tensor ClampMin(Tensor input, Scalar min) => input.ClampMin(min);

    /// <summary>Cuts to a range; NaN stays.</summary>
    [Counterpart("clip")]
    public static Tensor Clip(Tensor input, Scalar? min = null, Scalar? max = null) => input.Clip(min, max);

    /// <summary>Complex conjugate.</summary>
    [Counterpart("conj")]
    public static Tensor Conj(Tensor input) => input.Conj();

    /// <summary>Complex conjugate.</summary>
    [Counterpart("conj_physical")]
    public static Tensor ConjPhysical(Tensor input) => input.ConjPhysical();

    /// <summary>The absolute value with another's sign.</summary>
    [Counterpart("copysign")]
    public static Tensor Copysign(Tensor input, Tensor other) => input.Copysign(other);

    /// <summary>The next number of the same type towards <paramref name="other"/>.</summary>
    [Counterpart("nextafter")]
    public static Tensor Nextafter(Tensor input, Tensor other) => input.Nextafter(other);

    /// <summary>Hyperbolic cosine.</summary>
    [Counterpart("cosh")]
    public static Tensor Cosh(Tensor input) => input.Cosh();

    /// <summary>Degrees as radians.</summary>
    [Counterpart("deg2rad")]
    public static Tensor Deg2rad(Tensor input) => input.Deg2rad();

    /// <summary>Derivative of ln Γ(x).</summary>
    [Counterpart("digamma")]
    public static Tensor Digamma(Tensor input) => input.Digamma();

    /// <summary>Quotient with broadcasting. As in TorchSharp, this form does not round, whatever the mode; the tensor's method does.</summary>
    [Counterpart("divide")]
    public static Tensor Divide(Tensor left, Tensor right, RoundingMode rounding_mode = RoundingMode.None) => left.Div(right);

    /// <summary>Quotient with broadcasting. As in TorchSharp, this form does not round, whatever the mode; the tensor's method does.</summary>
    [Counterpart("divide")]
    public static Tensor Divide(Tensor left, Scalar right, RoundingMode rounding_mode = RoundingMode.None) => left.Div(right);

    /// <summary>1 − erf(x).</summary>
    [Counterpart("erfc")]
    public static Tensor Erfc(Tensor input) => input.Erfc();

    /// <summary>The error function, which is what TorchSharp's function of this name gives; the tensor's method gives the inverse.</summary>
    [Counterpart("erfinv")]
    public static Tensor Erfinv(Tensor input) => input.Erf();

    /// <summary>2ˣ.</summary>
    [Counterpart("exp2")]
    public static Tensor Exp2(Tensor input) => input.Exp2();

    /// <summary>eˣ − 1, accurate near 0.</summary>
    [Counterpart("expm1")]
    public static Tensor Expm1(Tensor input) => input.Expm1();

    /// <summary>Integer part: cut towards zero.</summary>
    [Counterpart("fix")]
    public static Tensor Fix(Tensor input) => input.Fix();

    /// <summary>Power in double precision.</summary>
    [Counterpart("float_power")]
    public static Tensor FloatPower(Tensor input, Tensor target) => input.FloatPower(target);

    /// <summary>Quotient, rounded down.</summary>
    [Counterpart("floor_divide")]
    public static Tensor FloorDivide(Tensor input, Tensor other) => input.FloorDivide(other);

    /// <summary>Larger of two; of a number and NaN the number.</summary>
    [Counterpart("fmax")]
    public static Tensor Fmax(Tensor input, Tensor other) => input.Fmax(other);

    /// <summary>Smaller of two; of a number and NaN the number.</summary>
    [Counterpart("fmin")]
    public static Tensor Fmin(Tensor input, Tensor other) => input.Fmin(other);

    /// <summary>What the quotient, cut towards zero, leaves over; it has the sign of the dividend.</summary>
    [Counterpart("fmod")]
    public static Tensor Fmod(Tensor left, Tensor right) => left.Fmod(right);

    /// <summary>What the quotient, cut towards zero, leaves over; it has the sign of the dividend.</summary>
    [Counterpart("fmod")]
    public static Tensor Fmod(Tensor left, Scalar right) => left.Fmod(right);

    /// <summary>What the integer part leaves over.</summary>
    [Counterpart("frac")]
    public static Tensor Frac(Tensor input) => input.Frac();

    /// <summary>Greatest common divisor.</summary>
    [Counterpart("gcd")]
    public static Tensor Gcd(Tensor left, Tensor right) => left.Gcd(right);

    /// <summary>0, 1, or the value of other, as the element is negative, positive or zero.</summary>
    [Counterpart("heaviside")]
    public static Tensor Heaviside(Tensor input, Tensor values) => input.Heaviside(values);

    /// <summary>√(x² + y²).</summary>
    [Counterpart("hypot")]
    public static Tensor Hypot(Tensor left, Tensor right) => left.Hypot(right);

    /// <summary>Modified Bessel function of the first kind and order 0.</summary>
    [Counterpart("i0")]
    public static Tensor I0(Tensor input) => input.I0();

    /// <summary>Least common multiple.</summary>
    [Counterpart("lcm")]
    public static Tensor Lcm(Tensor input, Tensor other) => input.Lcm(other);

    /// <summary>x · 2^other.</summary>
    [Counterpart("ldexp")]
    public static Tensor Ldexp(Tensor input, Tensor other) => input.Ldexp(other);

    /// <summary>The tensor + weight · (end − this).</summary>
    [Counterpart("lerp")]
    public static Tensor Lerp(Tensor input, Tensor end, Tensor weight) => input.Lerp(end, weight);

    /// <summary>Logarithm of |Γ(x)|.</summary>
    [Counterpart("lgamma")]
    public static Tensor Lgamma(Tensor input) => input.Lgamma();

    /// <summary>Logarithm to base 10.</summary>
    [Counterpart("log10")]
    public static Tensor Log10(Tensor input) => input.Log10();

    /// <summary>ln(1 + x), accurate near 0.</summary>
    [Counterpart("log1p")]
    public static Tensor Log1p(Tensor input) => input.Log1p();

    /// <summary>Logarithm to base 2.</summary>
    [Counterpart("log2")]
    public static Tensor Log2(Tensor input) => input.Log2();

    /// <summary>ln(eˣ + eʸ).</summary>
    [Counterpart("logaddexp")]
    public static Tensor Logaddexp(Tensor left, Tensor right) => left.Logaddexp(right);

    /// <summary>log₂(2ˣ + 2ʸ).</summary>
    [Counterpart("logaddexp2")]
    public static Tensor Logaddexp2(Tensor left, Tensor right) => left.Logaddexp2(right);

    /// <summary>ln(x / (1 − x)), with x cut to [eps, 1 − eps] where eps is given.</summary>
    [Counterpart("logit")]
    public static Tensor Logit(Tensor input, double? eps = null) => input.Logit(eps);

    /// <summary>Product with broadcasting.</summary>
    [Counterpart("multiply")]
    public static Tensor Multiply(Tensor left, Tensor right) => left.Multiply(right);

    /// <summary>Product with broadcasting.</summary>
    [Counterpart("multiply")]
    public static Tensor Multiply(Tensor left, Scalar right) => left.Multiply(right);

    /// <summary>Replaces what is no finite number: NaN, +∞ by the largest number, −∞ by the smallest, unless others are given.</summary>
    [Counterpart("nan_to_num")]
    public static Tensor NanToNum(Tensor input, double nan = 0, double? posinf = null, double? neginf = null) => input.NanToNum(nan, posinf, neginf);

    /// <summary>Opposite.</summary>
    [Counterpart("negative")]
    public static Tensor Negative(Tensor input) => input.Negative();

    /// <summary>The tensor itself.</summary>
    [Counterpart("positive")]
    public static Tensor Positive(Tensor input) => input.Positive();

    /// <summary>Radians as degrees.</summary>
    [Counterpart("rad2deg")]
    public static Tensor Rad2deg(Tensor input) => input.Rad2deg();

    /// <summary>1 / x.</summary>
    [Counterpart("reciprocal")]
    public static Tensor Reciprocal(Tensor input) => input.Reciprocal();

    /// <summary>What the quotient, rounded down, leaves over; it has the sign of the divisor.</summary>
    [Counterpart("remainder")]
    public static Tensor Remainder(Tensor left, Tensor right) => left.Remainder(right);

    /// <summary>What the quotient, rounded down, leaves over; it has the sign of the divisor.</summary>
    [Counterpart("remainder")]
    public static Tensor Remainder(Tensor left, Scalar right) => left.Remainder(right);

    /// <summary>The tensor itself: a conjugate is computed when it is asked for.</summary>
    [Counterpart("resolve_conj")]
    public static Tensor ResolveConj(Tensor input) => input.ResolveConj();

    /// <summary>Nearest number with as many decimals, ties to even; negative decimals round to tens, hundreds, …</summary>
    [Counterpart("round")]
    public static Tensor Round(Tensor input, long decimals = 0) => input.Round(decimals);

    /// <summary>The sign of a number; a complex number divided by its absolute value.</summary>
    [Counterpart("sgn")]
    public static Tensor Sgn(Tensor input) => input.Sgn();

    /// <summary>−1, 0 or 1, as the element is negative, zero or positive; NaN gives 0.</summary>
    [Counterpart("sign")]
    public static Tensor Sign(Tensor input) => input.Sign();

    /// <summary>Whether the sign bit is set.</summary>
    [Counterpart("signbit")]
    public static Tensor Signbit(Tensor input) => input.Signbit();

    /// <summary>sin(πx) / (πx).</summary>
    [Counterpart("sinc")]
    public static Tensor Sinc(Tensor input) => input.Sinc();

    /// <summary>Hyperbolic sine.</summary>
    [Counterpart("sinh")]
    public static Tensor Sinh(Tensor input) => input.Sinh();

    /// <summary>Difference with broadcasting.</summary>
    [Counterpart("subtract")]
    public static Tensor Subtract(Tensor left, Tensor right) => left.Subtract(right);

    /// <summary>Difference with broadcasting.</summary>
    [Counterpart("subtract")]
    public static Tensor Subtract(Tensor left, Scalar right) => left.Subtract(right);

    /// <summary>Tangent.</summary>
    [Counterpart("tan")]
    public static Tensor Tan(Tensor input) => input.Tan();

    /// <summary>Quotient; integers are divided as floats.</summary>
    [Counterpart("true_divide")]
    public static Tensor TrueDivide(Tensor dividend, Tensor divisor) => dividend.TrueDivide(divisor);

    /// <summary>Integer part: cut towards zero.</summary>
    [Counterpart("trunc")]
    public static Tensor Trunc(Tensor input) => input.Trunc();

    /// <summary>A view of pairs in the last dimension as complex numbers.</summary>
    [Counterpart("view_as_complex")]
    public static Tensor ViewAsComplex(Tensor input) => input.ViewAsComplex();

    /// <summary>A view of complex numbers as pairs, [..., 2].</summary>
    [Counterpart("view_as_real")]
    public static Tensor ViewAsReal(Tensor input) => input.ViewAsReal();

    /// <summary>x · ln(y); 0 where x is 0.</summary>
    [Counterpart("xlogy")]
    public static Tensor Xlogy(Tensor x, Tensor y) => x.Xlogy(y);

    /// <summary>x · ln(y); 0 where x is 0.</summary>
    [Counterpart("xlogy")]
    public static Tensor Xlogy(Tensor x, Scalar y) => x.Xlogy(y);
}
