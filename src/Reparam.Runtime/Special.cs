namespace Reparam.Runtime;

/// <summary>Special functions of each element.</summary>
[Counterpart("TorchSharp.torch+special")]
public static partial class Special
{
    /// <summary>Error function.</summary>
    [Counterpart("erf")]
    public static Tensor Erf(Tensor input) => input.Erf();

    /// <summary>1 − erf(x).</summary>
    [Counterpart("erfc")]
    public static Tensor Erfc(Tensor input) => input.Erfc();

    /// <summary>Inverse of the error function.</summary>
    [Counterpart("erfinv")]
    public static Tensor Erfinv(Tensor input) => input.Erfinv();

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [Counterpart("expit")]
    public static Tensor Expit(Tensor input) => input.Sigmoid();

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [Counterpart("sigmoid")]
    public static Tensor Sigmoid(Tensor input) => input.Sigmoid();

    /// <summary>2ˣ.</summary>
    [Counterpart("exp2")]
    public static Tensor Exp2(Tensor input) => input.Exp2();

    /// <summary>eˣ − 1, accurate near 0.</summary>
    [Counterpart("expm1")]
    public static Tensor Expm1(Tensor input) => input.Expm1();

    /// <summary>Logarithm of |Γ(x)|.</summary>
    [Counterpart("gammaln")]
    public static Tensor Gammaln(Tensor input) => input.Lgamma();

    /// <summary>Derivative of ln Γ(x).</summary>
    [Counterpart("digamma")]
    public static Tensor Digamma(Tensor input) => input.Digamma();

    /// <summary>Derivative of ln Γ(x).</summary>
    [Counterpart("psi")]
    public static Tensor Psi(Tensor input) => input.Digamma();

    /// <summary>Modified Bessel function of the first kind and order 0.</summary>
    [Counterpart("i0")]
    public static Tensor I0(Tensor input) => input.I0();

    /// <summary>sin(πx) / (πx).</summary>
    [Counterpart("sinc")]
    public static Tensor Sinc(Tensor input) => input.Sinc();

    /// <summary>Distribution function of the normal distribution.</summary>
    [Counterpart("ndtr")]
    public static Tensor Ndtr(Tensor input) => input.Mul(-Math.Sqrt(0.5)).Erfc().Mul(0.5);

    /// <summary>e^x over its sum along a dimension.</summary>
    [Counterpart("softmax")]
    public static Tensor Softmax(Tensor input, long dim, DType? dtype = null) => input.Softmax(dim, dtype);

    /// <summary>Logarithm of the softmax along a dimension.</summary>
    [Counterpart("log_softmax")]
    public static Tensor LogSoftmax(Tensor input, long dim, DType? dtype = null) => input.LogSoftmax(dim, dtype);
}
