namespace Reparam.Runtime;

/// <content>Functional forms of the operations that write into a tensor.</content>
public static partial class Torch
{
    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("abs_")]
    public static Tensor Abs_(Tensor input) => input.Abs_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("absolute_")]
    public static Tensor Absolute_(Tensor input) => input.Absolute_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("acos_")]
    public static Tensor Acos_(Tensor input) => input.Acos_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("acosh_")]
    public static Tensor Acosh_(Tensor input) => input.Acosh_();

    /// <summary>Adds a tensor, which is broadcast.</summary>
    [Counterpart("add_")]
    public static Tensor Add_(Tensor left, Tensor right) => left.Add_(right);

    /// <summary>Adds a tensor, which is broadcast.</summary>
    [Counterpart("add_")]
    public static Tensor Add_(Tensor left, Scalar right) => left.Add_(right);

    /// <summary>Adds a tensor, which is broadcast.</summary>
    [Counterpart("add_")]
    public static Tensor Add_(Tensor left, Tensor right, Scalar alpha) => left.Add_(right, alpha);

    /// <summary>Adds a tensor, which is broadcast.</summary>
    [Counterpart("add_")]
    public static Tensor Add_(Tensor left, Scalar right, Scalar alpha) => left.Add_(right, alpha);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("addbmm_")]
    public static Tensor Addbmm_(Tensor input, Tensor batch1, Tensor batch2, float beta = 1, float alpha = 1) => input.Addbmm_(batch1, batch2, beta, alpha);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("addcdiv_")]
    public static Tensor Addcdiv_(Tensor input, Tensor tensor1, Tensor tensor2, Scalar value) => input.Addcdiv_(tensor1, tensor2, value);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("addcmul_")]
    public static Tensor Addcmul_(Tensor input, Tensor tensor1, Tensor tensor2, Scalar value) => input.Addcmul_(tensor1, tensor2, value);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("addmm_")]
    public static Tensor Addmm_(Tensor input, Tensor mat1, Tensor mat2, float beta, float alpha) => input.Addmm_(mat1, mat2, beta, alpha);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("addmv_")]
    public static Tensor Addmv_(Tensor input, Tensor mat1, Tensor mat2, float beta, float alpha) => input.Addmv_(mat1, mat2, beta, alpha);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("addr_")]
    public static Tensor Addr_(Tensor input, Tensor vec1, Tensor vec2, float beta = 1, float alpha = 1) => input.Addr_(vec1, vec2, beta, alpha);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("arccos_")]
    public static Tensor Arccos_(Tensor input) => input.Arccos_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("arccosh_")]
    public static Tensor Arccosh_(Tensor input) => input.Arccosh_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("arcsin_")]
    public static Tensor Arcsin_(Tensor input) => input.Arcsin_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("arcsinh_")]
    public static Tensor Arcsinh_(Tensor input) => input.Arcsinh_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("arctan2_")]
    public static Tensor Arctan2_(Tensor input, Tensor other) => input.Arctan2_(other);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("arctan_")]
    public static Tensor Arctan_(Tensor input) => input.Arctan_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("arctanh_")]
    public static Tensor Arctanh_(Tensor input) => input.Arctanh_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("asin_")]
    public static Tensor Asin_(Tensor input) => input.Asin_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("asinh_")]
    public static Tensor Asinh_(Tensor input) => input.Asinh_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("atan2_")]
    public static Tensor Atan2_(Tensor input, Tensor other) => input.Atan2_(other);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("atan_")]
    public static Tensor Atan_(Tensor input) => input.Atan_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("atanh_")]
    public static Tensor Atanh_(Tensor input) => input.Atanh_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("bitwise_and_")]
    public static Tensor BitwiseAnd_(Tensor left, Tensor right) => left.BitwiseAnd_(right);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("bitwise_left_shift_")]
    public static Tensor BitwiseLeftShift_(Tensor left, Tensor right) => left.BitwiseLeftShift_(right);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("bitwise_not_")]
    public static Tensor BitwiseNot_(Tensor input) => input.BitwiseNot_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("bitwise_or_")]
    public static Tensor BitwiseOr_(Tensor left, Tensor right) => left.BitwiseOr_(right);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("bitwise_right_shift_")]
    public static Tensor BitwiseRightShift_(Tensor left, Tensor right) => left.BitwiseRightShift_(right);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("bitwise_xor_")]
    public static Tensor BitwiseXor_(Tensor left, Tensor right) => left.BitwiseXor_(right);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("ceil_")]
    public static Tensor Ceil_(Tensor input) => input.Ceil_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("clamp_max_")]
    public static Tensor ClampMax_(Tensor input, Scalar max) => input.ClampMax_(max);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("clamp_min_")]
    public static Tensor ClampMin_(Tensor input, Scalar min) => input.ClampMin_(min);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("clamp_")]
    public static Tensor Clamp_(Tensor input, Scalar? min = null, Scalar? max = null) => input.Clamp_(min, max);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("clamp_")]
    public static Tensor Clamp_(Tensor input, Tensor? min, Tensor? max) => input.Clamp_(min, max);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("conj_physical_")]
    public static Tensor ConjPhysical_(Tensor input) => input.ConjPhysical_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("copysign_")]
    public static Tensor Copysign_(Tensor input, Tensor other) => input.Copysign_(other);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("cos_")]
    public static Tensor Cos_(Tensor input) => input.Cos_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("cosh_")]
    public static Tensor Cosh_(Tensor input) => input.Cosh_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("deg2rad_")]
    public static Tensor Deg2rad_(Tensor input) => input.Deg2rad_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("digamma_")]
    public static Tensor Digamma_(Tensor input) => input.Digamma_();

    /// <summary>Divides by a tensor, which is broadcast.</summary>
    [Counterpart("div_")]
    public static Tensor Div_(Tensor left, Scalar right, RoundingMode rounding_mode = RoundingMode.None) => left.Div_(right, rounding_mode);

    /// <summary>Divides by a tensor, which is broadcast.</summary>
    [Counterpart("div_")]
    public static Tensor Div_(Tensor left, Tensor right, RoundingMode rounding_mode = RoundingMode.None) => left.Div_(right);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("divide_")]
    public static Tensor Divide_(Tensor left, Tensor right, RoundingMode rounding_mode = RoundingMode.None) => left.Divide_(right, rounding_mode);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("erf_")]
    public static Tensor Erf_(Tensor input) => input.Erf_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("erfc_")]
    public static Tensor Erfc_(Tensor input) => input.Erfc_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("erfinv_")]
    public static Tensor Erfinv_(Tensor input) => input.Erfinv_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("exp2_")]
    public static Tensor Exp2_(Tensor input) => input.Exp2_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("exp_")]
    public static Tensor Exp_(Tensor input) => input.Exp_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("expm1_")]
    public static Tensor Expm1_(Tensor input) => input.Expm1_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("fix_")]
    public static Tensor Fix_(Tensor input) => input.Fix_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("float_power_")]
    public static Tensor FloatPower_(Tensor input, Tensor target) => input.FloatPower_(target);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("floor_divide_")]
    public static Tensor FloorDivide_(Tensor input, Tensor other) => input.FloorDivide_(other);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("floor_")]
    public static Tensor Floor_(Tensor input) => input.Floor_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("fmod_")]
    public static Tensor Fmod_(Tensor left, Tensor right) => left.Fmod_(right);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("fmod_")]
    public static Tensor Fmod_(Tensor left, Scalar right) => left.Fmod_(right);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("frac_")]
    public static Tensor Frac_(Tensor input) => input.Frac_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("gcd_")]
    public static Tensor Gcd_(Tensor left, Tensor right) => left.Gcd_(right);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("heaviside_")]
    public static Tensor Heaviside_(Tensor input, Tensor values) => input.Heaviside_(values);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("i0_")]
    public static Tensor I0_(Tensor input) => input.I0_();

    /// <summary>Adds alpha times the parts of another tensor at positions of a dimension.</summary>
    [Counterpart("index_add_")]
    public static Tensor IndexAdd_(Tensor input, long dim, Tensor index, Tensor source, Scalar alpha) => input.IndexAdd_(dim, index, source, alpha);

    /// <summary>Writes the parts of another tensor to positions of a dimension.</summary>
    [Counterpart("index_copy_")]
    public static Tensor IndexCopy_(Tensor input, long dim, Tensor index, Tensor source) => input.IndexCopy_(dim, index, source);

    /// <summary>Writes a number to positions of a dimension.</summary>
    [Counterpart("index_fill_")]
    public static Tensor IndexFill_(Tensor input, long dim, Tensor index, Scalar value) => input.IndexFill_(dim, index, value);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("lcm_")]
    public static Tensor Lcm_(Tensor input, Tensor other) => input.Lcm_(other);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("ldexp_")]
    public static Tensor Ldexp_(Tensor input, Tensor other) => input.Ldexp_(other);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("lgamma_")]
    public static Tensor Lgamma_(Tensor input) => input.Lgamma_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("log10_")]
    public static Tensor Log10_(Tensor input) => input.Log10_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("log1p_")]
    public static Tensor Log1p_(Tensor input) => input.Log1p_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("log2_")]
    public static Tensor Log2_(Tensor input) => input.Log2_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("log_")]
    public static Tensor Log_(Tensor input) => input.Log_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("logical_and_")]
    public static Tensor LogicalAnd_(Tensor left, Tensor right) => left.LogicalAnd_(right);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("logical_or_")]
    public static Tensor LogicalOr_(Tensor left, Tensor right) => left.LogicalOr_(right);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("logical_xor_")]
    public static Tensor LogicalXor_(Tensor left, Tensor right) => left.LogicalXor_(right);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("logit_")]
    public static Tensor Logit_(Tensor input, double? eps = null) => input.Logit_(eps);

    /// <summary>Multiplies by a tensor, which is broadcast.</summary>
    [Counterpart("mul_")]
    public static Tensor Mul_(Tensor left, Tensor right) => left.Mul_(right);

    /// <summary>Multiplies by a tensor, which is broadcast.</summary>
    [Counterpart("mul_")]
    public static Tensor Mul_(Tensor left, Scalar right) => left.Mul_(right);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("nan_to_num_")]
    public static Tensor NanToNum_(Tensor input, double nan = 0, double? posinf = null, double? neginf = null) => input.NanToNum_(nan, posinf, neginf);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("neg_")]
    public static Tensor Neg_(Tensor input) => input.Neg_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("pow_")]
    public static Tensor Pow_(Tensor left, Tensor exponent) => left.Pow_(exponent);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("pow_")]
    public static Tensor Pow_(Tensor left, Scalar exponent) => left.Pow_(exponent);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("rad2deg_")]
    public static Tensor Rad2deg_(Tensor input) => input.Rad2deg_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("reciprocal_")]
    public static Tensor Reciprocal_(Tensor input) => input.Reciprocal_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("remainder_")]
    public static Tensor Remainder_(Tensor left, Tensor right) => left.Remainder_(right);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("remainder_")]
    public static Tensor Remainder_(Tensor left, Scalar right) => left.Remainder_(right);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("round_")]
    public static Tensor Round_(Tensor input, long decimals = 0) => input.Round_(decimals);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("rsqrt_")]
    public static Tensor Rsqrt_(Tensor input) => input.Rsqrt_();

    /// <summary>Adds the elements of another tensor at positions of a dimension.</summary>
    [Counterpart("scatter_add_")]
    public static Tensor ScatterAdd_(Tensor input, long dim, Tensor index, Tensor src) => input.ScatterAdd_(dim, index, src);

    /// <summary>Writes the elements of another tensor to positions of a dimension.</summary>
    [Counterpart("scatter_")]
    public static Tensor Scatter_(Tensor input, long dim, Tensor index, Tensor src) => input.Scatter_(dim, index, src);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("sgn_")]
    public static Tensor Sgn_(Tensor input) => input.Sgn_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("sigmoid_")]
    public static Tensor Sigmoid_(Tensor input) => input.Sigmoid_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("sign_")]
    public static Tensor Sign_(Tensor input) => input.Sign_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("sin_")]
    public static Tensor Sin_(Tensor input) => input.Sin_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("sinc_")]
    public static Tensor Sinc_(Tensor input) => input.Sinc_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("sinh_")]
    public static Tensor Sinh_(Tensor input) => input.Sinh_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("sqrt_")]
    public static Tensor Sqrt_(Tensor input) => input.Sqrt_();

    /// <summary>Removes a dimension of size 1, or all of them, from the tensor itself.</summary>
    [Counterpart("squeeze_")]
    public static Tensor Squeeze_(Tensor input, long? dim = null) => input.Squeeze_(dim);

    /// <summary>Subtracts a tensor, which is broadcast.</summary>
    [Counterpart("sub_")]
    public static Tensor Sub_(Tensor left, Tensor right) => left.Sub_(right);

    /// <summary>Subtracts a tensor, which is broadcast.</summary>
    [Counterpart("sub_")]
    public static Tensor Sub_(Tensor left, Scalar right) => left.Sub_(right);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("subtract_")]
    public static Tensor Subtract_(Tensor left, Tensor right) => left.Subtract_(right);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("subtract_")]
    public static Tensor Subtract_(Tensor left, Scalar right) => left.Subtract_(right);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("tan_")]
    public static Tensor Tan_(Tensor input) => input.Tan_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("tanh_")]
    public static Tensor Tanh_(Tensor input) => input.Tanh_();

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("tril_")]
    public static Tensor Tril_(Tensor input, long diagonal = 0) => input.Tril_(diagonal);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("triu_")]
    public static Tensor Triu_(Tensor input, long diagonal = 0) => input.Triu_(diagonal);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("true_divide_")]
    public static Tensor TrueDivide_(Tensor dividend, Tensor divisor) => dividend.TrueDivide_(divisor);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("trunc_")]
    public static Tensor Trunc_(Tensor input) => input.Trunc_();

    /// <summary>Adds a dimension of size 1 to the tensor itself.</summary>
    [Counterpart("unsqueeze_")]
    public static Tensor Unsqueeze_(Tensor input, long dim) => input.Unsqueeze_(dim);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("xlogy_")]
    public static Tensor Xlogy_(Tensor x, Tensor y) => x.Xlogy_(y);

    /// <summary>As the function of the same name without an underscore, written into the tensor.</summary>
    [Counterpart("xlogy_")]
    public static Tensor Xlogy_(Tensor x, Scalar y) => x.Xlogy_(y);
}
