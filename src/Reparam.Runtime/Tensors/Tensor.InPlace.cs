using Reparam.Runtime.Kernels;
using Reparam.Runtime.Kernels.Operations;

namespace Reparam.Runtime;

/// <content>
/// Operations that write their result into the tensor, and so into every view of its memory. The result must have the tensor's shape, and its type must be
/// one that the tensor's type can hold. A weight that waits for its checkpoint stays as it is.
/// </content>
public partial class Tensor
{
    /// <summary>Adds a tensor, which is broadcast.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("add_")]
    public Tensor Add_(Tensor target) => TryInPlace<Add<float>>(target) ? this : Write(Add(target), "add_");

    /// <summary>Adds alpha · target.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("add_")]
    public Tensor Add_(Tensor target, Scalar alpha) => IsUnloaded ? this : Write(Add(target, alpha), "add_");

    /// <summary>Adds a number.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("add_")]
    public Tensor Add_(Scalar scalar) => TryInPlace<Add<float>>(scalar) ? this : Write(Add(scalar), "add_");

    /// <summary>Adds alpha · scalar.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("add_")]
    public Tensor Add_(Scalar scalar, Scalar alpha) => Add_(scalar.Times(alpha));

    /// <summary>Subtracts a tensor, which is broadcast.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("sub_")]
    public Tensor Sub_(Tensor target) => TryInPlace<Subtract<float>>(target) ? this : Write(Sub(target), "sub_");

    /// <summary>Subtracts a number.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("sub_")]
    public Tensor Sub_(Scalar target) => TryInPlace<Subtract<float>>(target) ? this : Write(Sub(target), "sub_");

    /// <summary>Multiplies by a tensor, which is broadcast.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("mul_")]
    public Tensor Mul_(Tensor target) => TryInPlace<Multiply<float>>(target) ? this : Write(Mul(target), "mul_");

    /// <summary>Multiplies by a number.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("mul_")]
    public Tensor Mul_(Scalar target) => TryInPlace<Multiply<float>>(target) ? this : Write(Mul(target), "mul_");

    /// <summary>Divides by a tensor, which is broadcast.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("div_")]
    public Tensor Div_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
        rounding_mode == RoundingMode.None && TryInPlace<Divide<float>>(target) ? this : Write(Div(target, rounding_mode), "div_");

    /// <summary>Divides by a number.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("div_")]
    public Tensor Div_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
        rounding_mode == RoundingMode.None && TryInPlace<Divide<float>>(target) ? this : Write(Div(target, rounding_mode), "div_");

    /// <summary>Sets every element x to max(x, 0).</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("relu_")]
    public Tensor Relu_() => TryInPlace<Maximum<float>>(0) ? this : Write(Relu(), "relu_");

    /// <summary>As <see cref="Abs()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("abs_")]
    public Tensor Abs_() => IsUnloaded ? this : Write(Abs(), "abs_");

    /// <summary>As <see cref="Absolute()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("absolute_")]
    public Tensor Absolute_() => IsUnloaded ? this : Write(Absolute(), "absolute_");

    /// <summary>As <see cref="Acos()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("acos_")]
    public Tensor Acos_() => IsUnloaded ? this : Write(Acos(), "acos_");

    /// <summary>As <see cref="Acosh()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("acosh_")]
    public Tensor Acosh_() => IsUnloaded ? this : Write(Acosh(), "acosh_");

    /// <summary>As <see cref="Addbmm(Tensor, Tensor, float, float)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("addbmm_")]
    public Tensor Addbmm_(Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) =>
        IsUnloaded ? this : Write(Addbmm(batch1, batch2, beta, alpha), "addbmm_");

    /// <summary>As <see cref="Addcdiv(Tensor, Tensor, Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("addcdiv_")]
    public Tensor Addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) => IsUnloaded ? this : Write(Addcdiv(tensor1, tensor2, value), "addcdiv_");

    /// <summary>As <see cref="Addcdiv(Tensor, Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("addcdiv_")]
    public Tensor Addcdiv_(Tensor tensor1, Tensor tensor2) => IsUnloaded ? this : Write(Addcdiv(tensor1, tensor2), "addcdiv_");

    /// <summary>As <see cref="Addcmul(Tensor, Tensor, Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("addcmul_")]
    public Tensor Addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) => IsUnloaded ? this : Write(Addcmul(tensor1, tensor2, value), "addcmul_");

    /// <summary>As <see cref="Addmm(Tensor, Tensor, float, float)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("addmm_")]
    public Tensor Addmm_(Tensor mat1, Tensor mat2, float beta = 1, float alpha = 1) =>
        IsUnloaded ? this : Write(Addmm(mat1, mat2, beta, alpha), "addmm_");

    /// <summary>As <see cref="Addmv(Tensor, Tensor, float, float)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("addmv_")]
    public Tensor Addmv_(Tensor mat, Tensor vec, float beta = 1, float alpha = 1) =>
        IsUnloaded ? this : Write(Addmv(mat, vec, beta, alpha), "addmv_");

    /// <summary>As <see cref="Addr(Tensor, Tensor, float, float)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("addr_")]
    public Tensor Addr_(Tensor vec1, Tensor vec2, float beta = 1, float alpha = 1) =>
        IsUnloaded ? this : Write(Addr(vec1, vec2, beta, alpha), "addr_");

    /// <summary>As <see cref="Arccos()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("arccos_")]
    public Tensor Arccos_() => IsUnloaded ? this : Write(Arccos(), "arccos_");

    /// <summary>As <see cref="Arccosh()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("arccosh_")]
    public Tensor Arccosh_() => IsUnloaded ? this : Write(Arccosh(), "arccosh_");

    /// <summary>As <see cref="Arcsin()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("arcsin_")]
    public Tensor Arcsin_() => IsUnloaded ? this : Write(Arcsin(), "arcsin_");

    /// <summary>As <see cref="Arcsinh()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("arcsinh_")]
    public Tensor Arcsinh_() => IsUnloaded ? this : Write(Arcsinh(), "arcsinh_");

    /// <summary>As <see cref="Arctan()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("arctan_")]
    public Tensor Arctan_() => IsUnloaded ? this : Write(Arctan(), "arctan_");

    /// <summary>As <see cref="Arctan2(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("arctan2_")]
    public Tensor Arctan2_(Tensor other) => IsUnloaded ? this : Write(Arctan2(other), "arctan2_");

    /// <summary>As <see cref="Arctanh()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("arctanh_")]
    public Tensor Arctanh_() => IsUnloaded ? this : Write(Arctanh(), "arctanh_");

    /// <summary>As <see cref="Asin()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("asin_")]
    public Tensor Asin_() => IsUnloaded ? this : Write(Asin(), "asin_");

    /// <summary>As <see cref="Asinh()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("asinh_")]
    public Tensor Asinh_() => IsUnloaded ? this : Write(Asinh(), "asinh_");

    /// <summary>As <see cref="Atan()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("atan_")]
    public Tensor Atan_() => IsUnloaded ? this : Write(Atan(), "atan_");

    /// <summary>As <see cref="Atan2(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("atan2_")]
    public Tensor Atan2_(Tensor other) => IsUnloaded ? this : Write(Atan2(other), "atan2_");

    /// <summary>As <see cref="Atanh()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("atanh_")]
    public Tensor Atanh_() => IsUnloaded ? this : Write(Atanh(), "atanh_");

    /// <summary>As <see cref="BitwiseAnd(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("bitwise_and_")]
    public Tensor BitwiseAnd_(Tensor other) => IsUnloaded ? this : Write(BitwiseAnd(other), "bitwise_and_");

    /// <summary>As <see cref="BitwiseLeftShift(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("bitwise_left_shift_")]
    public Tensor BitwiseLeftShift_(Tensor other) => IsUnloaded ? this : Write(BitwiseLeftShift(other), "bitwise_left_shift_");

    /// <summary>As <see cref="BitwiseNot()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("bitwise_not_")]
    public Tensor BitwiseNot_() => IsUnloaded ? this : Write(BitwiseNot(), "bitwise_not_");

    /// <summary>As <see cref="BitwiseOr(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("bitwise_or_")]
    public Tensor BitwiseOr_(Tensor other) => IsUnloaded ? this : Write(BitwiseOr(other), "bitwise_or_");

    /// <summary>As <see cref="BitwiseRightShift(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("bitwise_right_shift_")]
    public Tensor BitwiseRightShift_(Tensor other) => IsUnloaded ? this : Write(BitwiseRightShift(other), "bitwise_right_shift_");

    /// <summary>As <see cref="BitwiseXor(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("bitwise_xor_")]
    public Tensor BitwiseXor_(Tensor other) => IsUnloaded ? this : Write(BitwiseXor(other), "bitwise_xor_");

    /// <summary>As <see cref="Ceil()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("ceil_")]
    public Tensor Ceil_() => IsUnloaded ? this : Write(Ceil(), "ceil_");

    /// <summary>As <see cref="Celu()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("celu_")]
    public Tensor Celu_() => IsUnloaded ? this : Write(Celu(), "celu_");

    /// <summary>As <see cref="Celu(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("celu_")]
    public Tensor Celu_(Scalar alpha) => IsUnloaded ? this : Write(Celu(alpha), "celu_");

    /// <summary>As <see cref="Clamp(Scalar?, Scalar?)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("clamp_")]
    public Tensor Clamp_(Scalar? min = null, Scalar? max = null) => IsUnloaded ? this : Write(Clamp(min, max), "clamp_");

    /// <summary>As <see cref="Clamp(Tensor?, Tensor?)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("clamp_")]
    public Tensor Clamp_(Tensor? min, Tensor? max) => IsUnloaded ? this : Write(Clamp(min, max), "clamp_");

    /// <summary>As <see cref="ClampMax(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("clamp_max_")]
    public Tensor ClampMax_(Scalar max) => IsUnloaded ? this : Write(ClampMax(max), "clamp_max_");

    /// <summary>As <see cref="ClampMin(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("clamp_min_")]
    public Tensor ClampMin_(Scalar min) => IsUnloaded ? this : Write(ClampMin(min), "clamp_min_");

    /// <summary>As <see cref="ConjPhysical()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("conj_physical_")]
    public Tensor ConjPhysical_() => IsUnloaded ? this : Write(ConjPhysical(), "conj_physical_");

    /// <summary>As <see cref="Copysign(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("copysign_")]
    public Tensor Copysign_(Tensor other) => IsUnloaded ? this : Write(Copysign(other), "copysign_");

    /// <summary>As <see cref="Cos()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("cos_")]
    public Tensor Cos_() => IsUnloaded ? this : Write(Cos(), "cos_");

    /// <summary>As <see cref="Cosh()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("cosh_")]
    public Tensor Cosh_() => IsUnloaded ? this : Write(Cosh(), "cosh_");

    /// <summary>As <see cref="Deg2rad()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("deg2rad_")]
    public Tensor Deg2rad_() => IsUnloaded ? this : Write(Deg2rad(), "deg2rad_");

    /// <summary>As <see cref="Digamma()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("digamma_")]
    public Tensor Digamma_() => IsUnloaded ? this : Write(Digamma(), "digamma_");

    /// <summary>As <see cref="Divide(Tensor, RoundingMode)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("divide_")]
    public Tensor Divide_(Tensor target, RoundingMode rounding_mode = RoundingMode.None) =>
        IsUnloaded ? this : Write(Divide(target, rounding_mode), "divide_");

    /// <summary>As <see cref="Divide(Scalar, RoundingMode)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("divide_")]
    public Tensor Divide_(Scalar target, RoundingMode rounding_mode = RoundingMode.None) =>
        IsUnloaded ? this : Write(Divide(target, rounding_mode), "divide_");

    /// <summary>As <see cref="Elu(double)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("elu_")]
    public Tensor Elu_(double alpha = 1) => IsUnloaded ? this : Write(Elu(alpha), "elu_");

    /// <summary>As <see cref="Elu(Scalar, Scalar, Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("elu_")]
    public Tensor Elu_(Scalar alpha, Scalar scale, Scalar input_scale) => IsUnloaded ? this : Write(Elu(alpha, scale, input_scale), "elu_");

    /// <summary>As <see cref="Eq(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("eq_")]
    public Tensor Eq_(Tensor target) => IsUnloaded ? this : Write(Eq(target), "eq_");

    /// <summary>As <see cref="Eq(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("eq_")]
    public Tensor Eq_(Scalar target) => IsUnloaded ? this : Write(Eq(target), "eq_");

    /// <summary>As <see cref="Erf()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("erf_")]
    public Tensor Erf_() => IsUnloaded ? this : Write(Erf(), "erf_");

    /// <summary>As <see cref="Erfc()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("erfc_")]
    public Tensor Erfc_() => IsUnloaded ? this : Write(Erfc(), "erfc_");

    /// <summary>As <see cref="Erfinv()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("erfinv_")]
    public Tensor Erfinv_() => IsUnloaded ? this : Write(Erfinv(), "erfinv_");

    /// <summary>As <see cref="Exp()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("exp_")]
    public Tensor Exp_() => IsUnloaded ? this : Write(Exp(), "exp_");

    /// <summary>As <see cref="Exp2()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("exp2_")]
    public Tensor Exp2_() => IsUnloaded ? this : Write(Exp2(), "exp2_");

    /// <summary>As <see cref="Expm1()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("expm1_")]
    public Tensor Expm1_() => IsUnloaded ? this : Write(Expm1(), "expm1_");

    /// <summary>As <see cref="Fix()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("fix_")]
    public Tensor Fix_() => IsUnloaded ? this : Write(Fix(), "fix_");

    /// <summary>As <see cref="FloatPower(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("float_power_")]
    public Tensor FloatPower_(Tensor target) => IsUnloaded ? this
        : Dtype == DType.Float64 ? Write(FloatPower(target), "float_power_")
        : throw new InvalidOperationException($"float_power_: its result is Float64, which is not written into a tensor of {Dtype}.");

    /// <summary>As <see cref="Floor()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("floor_")]
    public Tensor Floor_() => IsUnloaded ? this : Write(Floor(), "floor_");

    /// <summary>As <see cref="FloorDivide(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("floor_divide_")]
    public Tensor FloorDivide_(Tensor other) => IsUnloaded ? this : Write(FloorDivide(other), "floor_divide_");

    /// <summary>As <see cref="FloorDivide(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("floor_divide_")]
    public Tensor FloorDivide_(Scalar other) => IsUnloaded ? this : Write(FloorDivide(other), "floor_divide_");

    /// <summary>As <see cref="Fmod(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("fmod_")]
    public Tensor Fmod_(Tensor target) => IsUnloaded ? this : Write(Fmod(target), "fmod_");

    /// <summary>As <see cref="Fmod(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("fmod_")]
    public Tensor Fmod_(Scalar scalar) => IsUnloaded ? this : Write(Fmod(scalar), "fmod_");

    /// <summary>As <see cref="Frac()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("frac_")]
    public Tensor Frac_() => IsUnloaded ? this : Write(Frac(), "frac_");

    /// <summary>As <see cref="Gcd(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("gcd_")]
    public Tensor Gcd_(Tensor other) => IsUnloaded ? this : Write(Gcd(other), "gcd_");

    /// <summary>As <see cref="Ge(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("ge_")]
    public Tensor Ge_(Tensor target) => IsUnloaded ? this : Write(Ge(target), "ge_");

    /// <summary>As <see cref="Ge(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("ge_")]
    public Tensor Ge_(Scalar target) => IsUnloaded ? this : Write(Ge(target), "ge_");

    /// <summary>As <see cref="Gelu()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("gelu_")]
    public Tensor Gelu_() => IsUnloaded ? this : Write(Gelu(), "gelu_");

    /// <summary>As <see cref="Gelu(GeluApproximate)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("gelu_")]
    public Tensor Gelu_(GeluApproximate approximate) => IsUnloaded ? this : Write(Gelu(approximate), "gelu_");

    /// <summary>As <see cref="Gt(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("gt_")]
    public Tensor Gt_(Tensor target) => IsUnloaded ? this : Write(Gt(target), "gt_");

    /// <summary>As <see cref="Gt(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("gt_")]
    public Tensor Gt_(Scalar target) => IsUnloaded ? this : Write(Gt(target), "gt_");

    /// <summary>As <see cref="Hardsigmoid()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("hardsigmoid_")]
    public Tensor Hardsigmoid_() => IsUnloaded ? this : Write(Hardsigmoid(), "hardsigmoid_");

    /// <summary>As <see cref="Hardswish()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("hardswish_")]
    public Tensor Hardswish_() => IsUnloaded ? this : Write(Hardswish(), "hardswish_");

    /// <summary>As <see cref="Hardtanh(Scalar, Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("hardtanh_")]
    public Tensor Hardtanh_(Scalar min, Scalar max) => IsUnloaded ? this : Write(Hardtanh(min, max), "hardtanh_");

    /// <summary>As <see cref="Heaviside(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("heaviside_")]
    public Tensor Heaviside_(Tensor other) => IsUnloaded ? this : Write(Heaviside(other), "heaviside_");

    /// <summary>As <see cref="I0()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("i0_")]
    public Tensor I0_() => IsUnloaded ? this : Write(I0(), "i0_");

    /// <summary>As <see cref="Lcm(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("lcm_")]
    public Tensor Lcm_(Tensor other) => IsUnloaded ? this : Write(Lcm(other), "lcm_");

    /// <summary>As <see cref="Ldexp(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("ldexp_")]
    public Tensor Ldexp_(Tensor other) => IsUnloaded ? this : Write(Ldexp(other), "ldexp_");

    /// <summary>As <see cref="Le(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("le_")]
    public Tensor Le_(Tensor target) => IsUnloaded ? this : Write(Le(target), "le_");

    /// <summary>As <see cref="Le(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("le_")]
    public Tensor Le_(Scalar target) => IsUnloaded ? this : Write(Le(target), "le_");

    /// <summary>As <see cref="LeakyRelu(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("leaky_relu_")]
    public Tensor LeakyRelu_(Scalar negative_slope) => IsUnloaded ? this : Write(LeakyRelu(negative_slope), "leaky_relu_");

    /// <summary>As <see cref="Lerp(Tensor, Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("lerp_")]
    public Tensor Lerp_(Tensor end, Tensor weight) => IsUnloaded ? this : Write(Lerp(end, weight), "lerp_");

    /// <summary>As <see cref="LessEqual(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("less_equal_")]
    public Tensor LessEqual_(Tensor target) => IsUnloaded ? this : Write(LessEqual(target), "less_equal_");

    /// <summary>As <see cref="Lgamma()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("lgamma_")]
    public Tensor Lgamma_() => IsUnloaded ? this : Write(Lgamma(), "lgamma_");

    /// <summary>As <see cref="Log()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("log_")]
    public Tensor Log_() => IsUnloaded ? this : Write(Log(), "log_");

    /// <summary>As <see cref="Log10()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("log10_")]
    public Tensor Log10_() => IsUnloaded ? this : Write(Log10(), "log10_");

    /// <summary>As <see cref="Log1p()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("log1p_")]
    public Tensor Log1p_() => IsUnloaded ? this : Write(Log1p(), "log1p_");

    /// <summary>As <see cref="Log2()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("log2_")]
    public Tensor Log2_() => IsUnloaded ? this : Write(Log2(), "log2_");

    /// <summary>As <see cref="LogicalAnd(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("logical_and_")]
    public Tensor LogicalAnd_(Tensor other) => IsUnloaded ? this : Write(LogicalAnd(other), "logical_and_");

    /// <summary>As <see cref="LogicalNot()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("logical_not_")]
    public Tensor LogicalNot_() => IsUnloaded ? this : Write(LogicalNot(), "logical_not_");

    /// <summary>As <see cref="LogicalOr(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("logical_or_")]
    public Tensor LogicalOr_(Tensor other) => IsUnloaded ? this : Write(LogicalOr(other), "logical_or_");

    /// <summary>As <see cref="LogicalXor(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("logical_xor_")]
    public Tensor LogicalXor_(Tensor other) => IsUnloaded ? this : Write(LogicalXor(other), "logical_xor_");

    /// <summary>As <see cref="Logit(double?)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("logit_")]
    public Tensor Logit_(double? eps = null) => IsUnloaded ? this : Write(Logit(eps), "logit_");

    /// <summary>As <see cref="Lt(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("lt_")]
    public Tensor Lt_(Tensor target) => IsUnloaded ? this : Write(Lt(target), "lt_");

    /// <summary>As <see cref="Lt(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("lt_")]
    public Tensor Lt_(Scalar target) => IsUnloaded ? this : Write(Lt(target), "lt_");

    /// <summary>As <see cref="NanToNum(double, double?, double?)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("nan_to_num_")]
    public Tensor NanToNum_(double nan = 0, double? posinf = null, double? neginf = null) =>
        IsUnloaded ? this : Write(NanToNum(nan, posinf, neginf), "nan_to_num_");

    /// <summary>As <see cref="Ne(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("ne_")]
    public Tensor Ne_(Tensor target) => IsUnloaded ? this : Write(Ne(target), "ne_");

    /// <summary>As <see cref="Ne(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("ne_")]
    public Tensor Ne_(Scalar target) => IsUnloaded ? this : Write(Ne(target), "ne_");

    /// <summary>As <see cref="Neg()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("neg_")]
    public Tensor Neg_() => IsUnloaded ? this : Write(Neg(), "neg_");

    /// <summary>As <see cref="NotEqual(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("not_equal_")]
    public Tensor NotEqual_(Tensor target) => IsUnloaded ? this : Write(NotEqual(target), "not_equal_");

    /// <summary>As <see cref="Pow(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("pow_")]
    public Tensor Pow_(Tensor exponent) => IsUnloaded ? this : Write(Pow(exponent), "pow_");

    /// <summary>As <see cref="Pow(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("pow_")]
    public Tensor Pow_(Scalar exponent) => IsUnloaded ? this : Write(Pow(exponent), "pow_");

    /// <summary>As <see cref="Rad2deg()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("rad2deg_")]
    public Tensor Rad2deg_() => IsUnloaded ? this : Write(Rad2deg(), "rad2deg_");

    /// <summary>As <see cref="Reciprocal()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("reciprocal_")]
    public Tensor Reciprocal_() => IsUnloaded ? this : Write(Reciprocal(), "reciprocal_");

    /// <summary>As <see cref="Relu6()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("relu6_")]
    public Tensor Relu6_() => IsUnloaded ? this : Write(Relu6(), "relu6_");

    /// <summary>As <see cref="Remainder(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("remainder_")]
    public Tensor Remainder_(Tensor target) => IsUnloaded ? this : Write(Remainder(target), "remainder_");

    /// <summary>As <see cref="Remainder(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("remainder_")]
    public Tensor Remainder_(Scalar scalar) => IsUnloaded ? this : Write(Remainder(scalar), "remainder_");

    /// <summary>As <see cref="Round(long)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("round_")]
    public Tensor Round_(long decimals = 0) => IsUnloaded ? this : Write(Round(decimals), "round_");

    /// <summary>As <see cref="Rrelu(double, double)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("rrelu_")]
    public Tensor Rrelu_(double lower = 1.0 / 8, double upper = 1.0 / 3) => IsUnloaded ? this : Write(Rrelu(lower, upper), "rrelu_");

    /// <summary>As <see cref="Rsqrt()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("rsqrt_")]
    public Tensor Rsqrt_() => IsUnloaded ? this : Write(Rsqrt(), "rsqrt_");

    /// <summary>As <see cref="Selu()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("selu_")]
    public Tensor Selu_() => IsUnloaded ? this : Write(Selu(), "selu_");

    /// <summary>As <see cref="Sgn()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("sgn_")]
    public Tensor Sgn_() => IsUnloaded ? this : Write(Sgn(), "sgn_");

    /// <summary>As <see cref="Sigmoid()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("sigmoid_")]
    public Tensor Sigmoid_() => IsUnloaded ? this : Write(Sigmoid(), "sigmoid_");

    /// <summary>As <see cref="Sign()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("sign_")]
    public Tensor Sign_() => IsUnloaded ? this : Write(Sign(), "sign_");

    /// <summary>As <see cref="Silu()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("silu_")]
    public Tensor Silu_() => IsUnloaded ? this : Write(Silu(), "silu_");

    /// <summary>As <see cref="Sin()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("sin_")]
    public Tensor Sin_() => IsUnloaded ? this : Write(Sin(), "sin_");

    /// <summary>As <see cref="Sinc()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("sinc_")]
    public Tensor Sinc_() => IsUnloaded ? this : Write(Sinc(), "sinc_");

    /// <summary>As <see cref="Sinh()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("sinh_")]
    public Tensor Sinh_() => IsUnloaded ? this : Write(Sinh(), "sinh_");

    /// <summary>As <see cref="Sqrt()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("sqrt_")]
    public Tensor Sqrt_() => IsUnloaded ? this : Write(Sqrt(), "sqrt_");

    /// <summary>As <see cref="Subtract(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("subtract_")]
    public Tensor Subtract_(Scalar target) => IsUnloaded ? this : Write(Subtract(target), "subtract_");

    /// <summary>As <see cref="Subtract(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("subtract_")]
    public Tensor Subtract_(Tensor target) => IsUnloaded ? this : Write(Subtract(target), "subtract_");

    /// <summary>As <see cref="Tan()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("tan_")]
    public Tensor Tan_() => IsUnloaded ? this : Write(Tan(), "tan_");

    /// <summary>As <see cref="Tanh()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("tanh_")]
    public Tensor Tanh_() => IsUnloaded ? this : Write(Tanh(), "tanh_");

    /// <summary>As <see cref="Threshold(Scalar, Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("threshold_")]
    public Tensor Threshold_(Scalar threshold, Scalar value) => IsUnloaded ? this : Write(Threshold(threshold, value), "threshold_");

    /// <summary>As <see cref="Tril(long)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("tril_")]
    public Tensor Tril_(long diagonal = 0) => IsUnloaded ? this : Write(Tril(diagonal), "tril_");

    /// <summary>As <see cref="Triu(long)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("triu_")]
    public Tensor Triu_(long diagonal = 0) => IsUnloaded ? this : Write(Triu(diagonal), "triu_");

    /// <summary>As <see cref="TrueDivide(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("true_divide_")]
    public Tensor TrueDivide_(Tensor other) => IsUnloaded ? this : Write(TrueDivide(other), "true_divide_");

    /// <summary>As <see cref="TrueDivide(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("true_divide_")]
    public Tensor TrueDivide_(Scalar other) => IsUnloaded ? this : Write(TrueDivide(other), "true_divide_");

    /// <summary>As <see cref="Trunc()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("trunc_")]
    public Tensor Trunc_() => IsUnloaded ? this : Write(Trunc(), "trunc_");

    /// <summary>As <see cref="Xlogy(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("xlogy_")]
    public Tensor Xlogy_(Tensor y) => IsUnloaded ? this : Write(Xlogy(y), "xlogy_");

    /// <summary>As <see cref="Xlogy(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("xlogy_")]
    public Tensor Xlogy_(Scalar y) => IsUnloaded ? this : Write(Xlogy(y), "xlogy_");

    /// <summary>Writes a result into this tensor. It was computed as a whole before, so operands may overlap.</summary>
    private Tensor Write(Tensor result, string name)
    {
        ThrowIfPacked();
        if (!result.Shape.SequenceEqual(Shape))
        {
            throw new ArgumentException(
                $"{name}: a result of shape {Layout.Describe(result.Shape)} cannot be written into a tensor of shape {Layout.Describe(Shape)}.");
        }

        if (!ElementTypes.CanCast(result.Dtype, Dtype))
        {
            throw new InvalidOperationException($"{name}: a result of {result.Dtype} cannot be written into a tensor of {Dtype}.");
        }

        Copying.Copy(result, this);
        return this;
    }

    // Single precision needs no copy where the operands share no memory, or lie alike in it. True as well where there is nothing to write into yet.
    private bool TryInPlace<TOp>(Tensor other)
        where TOp : struct, IBinary<float, float>
    {
        if (IsUnloaded)
        {
            return true;
        }

        ThrowIfPacked();
        if (!HasData || !other.HasData || dtype != DType.Float32 || other.dtype != DType.Float32 || other.Rank > Rank
            || (ReferenceEquals(Storage, other.Storage) && !LiesAs(other)) || !Layout.Broadcasts(other.Shape, Shape) || Layout.Repeats(Shape, Strides))
        {
            return false;
        }

        Pointwise.BinaryInPlace<TOp, float>(this, other);
        return true;
    }

    private bool LiesAs(Tensor other) => offset == other.offset && Shape.SequenceEqual(other.Shape) && Strides.SequenceEqual(other.Strides);

    private bool TryInPlace<TOp>(Scalar other)
        where TOp : struct, IBinary<float, float>
    {
        if (IsUnloaded)
        {
            return true;
        }

        ThrowIfPacked();
        if (!HasData || dtype != DType.Float32 || !Layout.IsDense(Shape, Strides))
        {
            return false;
        }

        Pointwise.RightInPlace<TOp, float>(this, other.ToSingle());
        return true;
    }
}
