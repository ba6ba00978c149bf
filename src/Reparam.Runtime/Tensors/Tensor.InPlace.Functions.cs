using Reparam.Runtime.Kernels;
using Reparam.Runtime.Kernels.Operations;

namespace Reparam.Runtime;

/// <content>Functions of one element, written into the tensor.</content>
public partial class Tensor
{
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

    /// <summary>As <see cref="Atanh()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("atanh_")]
    public Tensor Atanh_() => IsUnloaded ? this : Write(Atanh(), "atanh_");

    /// <summary>As <see cref="BitwiseNot()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("bitwise_not_")]
    public Tensor BitwiseNot_() => IsUnloaded ? this : Write(BitwiseNot(), "bitwise_not_");

    /// <summary>As <see cref="Ceil()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("ceil_")]
    public Tensor Ceil_() => IsUnloaded ? this : Write(Ceil(), "ceil_");

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

    /// <summary>As <see cref="Floor()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("floor_")]
    public Tensor Floor_() => IsUnloaded ? this : Write(Floor(), "floor_");

    /// <summary>As <see cref="Frac()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("frac_")]
    public Tensor Frac_() => IsUnloaded ? this : Write(Frac(), "frac_");

    /// <summary>As <see cref="I0()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("i0_")]
    public Tensor I0_() => IsUnloaded ? this : Write(I0(), "i0_");

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

    /// <summary>As <see cref="Rad2deg()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("rad2deg_")]
    public Tensor Rad2deg_() => IsUnloaded ? this : Write(Rad2deg(), "rad2deg_");

    /// <summary>As <see cref="Reciprocal()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("reciprocal_")]
    public Tensor Reciprocal_() => IsUnloaded ? this : Write(Reciprocal(), "reciprocal_");

    /// <summary>As <see cref="Rsqrt()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("rsqrt_")]
    public Tensor Rsqrt_() => IsUnloaded ? this : Write(Rsqrt(), "rsqrt_");

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

    /// <summary>As <see cref="Tan()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("tan_")]
    public Tensor Tan_() => IsUnloaded ? this : Write(Tan(), "tan_");

    /// <summary>As <see cref="Tanh()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("tanh_")]
    public Tensor Tanh_() => IsUnloaded ? this : Write(Tanh(), "tanh_");

    /// <summary>As <see cref="Trunc()"/>, written into this tensor.</summary>
    /// <returns>This tensor.</returns>
    [Counterpart("trunc_")]
    public Tensor Trunc_() => IsUnloaded ? this : Write(Trunc(), "trunc_");
}
