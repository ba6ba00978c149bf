using Reparam.Runtime.Kernels;
using Reparam.Runtime.Kernels.Operations;

namespace Reparam.Runtime;

/// <content>Functions of an element and a number or an element of another tensor, written into the tensor.</content>
public partial class Tensor
{
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

    /// <summary>As <see cref="Arctan2(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("arctan2_")]
    public Tensor Arctan2_(Tensor other) => IsUnloaded ? this : Write(Arctan2(other), "arctan2_");

    /// <summary>As <see cref="Atan2(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("atan2_")]
    public Tensor Atan2_(Tensor other) => IsUnloaded ? this : Write(Atan2(other), "atan2_");

    /// <summary>As <see cref="BitwiseAnd(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("bitwise_and_")]
    public Tensor BitwiseAnd_(Tensor other) => IsUnloaded ? this : Write(BitwiseAnd(other), "bitwise_and_");

    /// <summary>As <see cref="BitwiseLeftShift(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("bitwise_left_shift_")]
    public Tensor BitwiseLeftShift_(Tensor other) => IsUnloaded ? this : Write(BitwiseLeftShift(other), "bitwise_left_shift_");

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

    /// <summary>As <see cref="Copysign(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("copysign_")]
    public Tensor Copysign_(Tensor other) => IsUnloaded ? this : Write(Copysign(other), "copysign_");

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

    /// <summary>As <see cref="FloatPower(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("float_power_")]
    public Tensor FloatPower_(Tensor target) => IsUnloaded ? this
        : Dtype == DType.Float64 ? Write(FloatPower(target), "float_power_")
        : throw new InvalidOperationException($"float_power_: its result is Float64, which is not written into a tensor of {Dtype}.");

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

    /// <summary>As <see cref="Gcd(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("gcd_")]
    public Tensor Gcd_(Tensor other) => IsUnloaded ? this : Write(Gcd(other), "gcd_");

    /// <summary>As <see cref="Heaviside(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("heaviside_")]
    public Tensor Heaviside_(Tensor other) => IsUnloaded ? this : Write(Heaviside(other), "heaviside_");

    /// <summary>As <see cref="Lcm(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("lcm_")]
    public Tensor Lcm_(Tensor other) => IsUnloaded ? this : Write(Lcm(other), "lcm_");

    /// <summary>As <see cref="Ldexp(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("ldexp_")]
    public Tensor Ldexp_(Tensor other) => IsUnloaded ? this : Write(Ldexp(other), "ldexp_");

    /// <summary>As <see cref="Lerp(Tensor, Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("lerp_")]
    public Tensor Lerp_(Tensor end, Tensor weight) => IsUnloaded ? this : Write(Lerp(end, weight), "lerp_");

    /// <summary>As <see cref="Logit(double?)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("logit_")]
    public Tensor Logit_(double? eps = null) => IsUnloaded ? this : Write(Logit(eps), "logit_");

    /// <summary>As <see cref="NanToNum(double, double?, double?)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("nan_to_num_")]
    public Tensor NanToNum_(double nan = 0, double? posinf = null, double? neginf = null) =>
        IsUnloaded ? this : Write(NanToNum(nan, posinf, neginf), "nan_to_num_");

    /// <summary>As <see cref="Pow(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("pow_")]
    public Tensor Pow_(Tensor exponent) => IsUnloaded ? this : Write(Pow(exponent), "pow_");

    /// <summary>As <see cref="Pow(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("pow_")]
    public Tensor Pow_(Scalar exponent) => IsUnloaded ? this : Write(Pow(exponent), "pow_");

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

    /// <summary>As <see cref="Subtract(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("subtract_")]
    public Tensor Subtract_(Scalar target) => IsUnloaded ? this : Write(Subtract(target), "subtract_");

    /// <summary>As <see cref="Subtract(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("subtract_")]
    public Tensor Subtract_(Tensor target) => IsUnloaded ? this : Write(Subtract(target), "subtract_");

    /// <summary>As <see cref="TrueDivide(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("true_divide_")]
    public Tensor TrueDivide_(Tensor other) => IsUnloaded ? this : Write(TrueDivide(other), "true_divide_");

    /// <summary>As <see cref="TrueDivide(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("true_divide_")]
    public Tensor TrueDivide_(Scalar other) => IsUnloaded ? this : Write(TrueDivide(other), "true_divide_");

    /// <summary>As <see cref="Xlogy(Tensor)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("xlogy_")]
    public Tensor Xlogy_(Tensor y) => IsUnloaded ? this : Write(Xlogy(y), "xlogy_");

    /// <summary>As <see cref="Xlogy(Scalar)"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("xlogy_")]
    public Tensor Xlogy_(Scalar y) => IsUnloaded ? this : Write(Xlogy(y), "xlogy_");
}
