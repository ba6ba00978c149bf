namespace Reparam.Runtime;

/// <content>Functions around Γ and of probability.</content>
public static partial class Special
{
    /// <summary>Lower incomplete gamma function over Γ.</summary>
    [Counterpart("gammainc")]
    public static Tensor Gammainc(Tensor input, Tensor other) => input.Igamma(other);

    /// <summary>Upper incomplete gamma function over Γ.</summary>
    [Counterpart("gammaincc")]
    public static Tensor Gammaincc(Tensor input, Tensor other) => input.Igammac(other);

    /// <summary>The n-th derivative of the digamma function.</summary>
    [Counterpart("polygamma")]
    public static Tensor Polygamma(long n, Tensor input) => input.Polygamma(n);

    /// <summary>Logarithm of the gamma function of p dimensions.</summary>
    [Counterpart("multigammaln")]
    public static Tensor Multigammaln(Tensor input, long p) => input.Mvlgamma(p);

    /// <summary>Σ (q + n)^(−x) over all n.</summary>
    [Counterpart("zeta")]
    public static Tensor Zeta(Tensor x, Tensor q) => x.Zeta(q);

    /// <summary>x · ln(1 + y); 0 where x is 0.</summary>
    [Counterpart("xlog1py")]
    public static Tensor Xlog1py(Tensor input, Tensor other) => input.Xlog1py(other);

    /// <summary>ln(x / (1 − x)).</summary>
    [Counterpart("logit")]
    public static Tensor Logit(Tensor input) => input.Logit();

    /// <summary>−x · ln(x).</summary>
    [Counterpart("entr")]
    public static Tensor Entr(Tensor input) => input.Special(Kernels.SpecialFunctions.Entropy, "entr");

    /// <summary>The number below which a standard normal one lies with a probability.</summary>
    [Counterpart("ndtri")]
    public static Tensor Ndtri(Tensor input) => input.Special(Kernels.SpecialFunctions.NormalQuantile, "ndtri");

    /// <summary>Modified Bessel function of the first kind and order 0, times e^(−|x|).</summary>
    [Counterpart("i0e")]
    public static Tensor I0e(Tensor input) => input.Special(Kernels.SpecialFunctions.ScaledBesselI0, "i0e");

    /// <summary>Modified Bessel function of the first kind and order 1.</summary>
    [Counterpart("i1")]
    public static Tensor I1(Tensor input) => input.Special(Kernels.SpecialFunctions.BesselI1, "i1");

    /// <summary>Modified Bessel function of the first kind and order 1, times e^(−|x|).</summary>
    [Counterpart("i1e")]
    public static Tensor I1e(Tensor input) => input.Special(Kernels.SpecialFunctions.ScaledBesselI1, "i1e");

    /// <summary>Modified Bessel function of the first kind and order 0.</summary>
    [Counterpart("modified_bessel_i0")]
    public static Tensor ModifiedBesselI0(Tensor input) => input.I0();

    /// <summary>Modified Bessel function of the first kind and order 1.</summary>
    [Counterpart("modified_bessel_i1")]
    public static Tensor ModifiedBesselI1(Tensor input) => I1(input);
}
