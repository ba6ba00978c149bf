using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <content>Functions around Γ.</content>
public partial class Tensor
{
    /// <summary>Lower incomplete gamma function over Γ; this tensor is its order.</summary>
    [Counterpart("igamma")]
    public Tensor Igamma(Tensor other) => Zip(other, SpecialFunctions.LowerGamma, "igamma", TypeWith(other));

    /// <summary>Upper incomplete gamma function over Γ; this tensor is its order.</summary>
    [Counterpart("igammac")]
    public Tensor Igammac(Tensor other) => Zip(other, SpecialFunctions.UpperGamma, "igammac", TypeWith(other));

    /// <summary>The p-th derivative of the digamma function.</summary>
    /// <exception cref="ArgumentException">p is negative.</exception>
    [Counterpart("polygamma")]
    public Tensor Polygamma(long p) => p >= 0
        ? Function(x => SpecialFunctions.Polygamma(p, x), "polygamma")
        : throw new ArgumentException($"polygamma takes a derivative of order 0 or more, not {p}.");

    /// <summary>Logarithm of the gamma function of p dimensions.</summary>
    /// <exception cref="ArgumentException">p is not positive.</exception>
    [Counterpart("mvlgamma")]
    public Tensor Mvlgamma(long p) => p >= 1
        ? Function(x => SpecialFunctions.MultivariateLogGamma(x, p), "mvlgamma")
        : throw new ArgumentException($"mvlgamma takes at least one dimension, not {p}.");

    internal Tensor Zeta(Tensor q) => Zip(q, SpecialFunctions.Zeta, "zeta");

    internal Tensor Xlog1py(Tensor other) => Zip(other, SpecialFunctions.TimesLogOnePlus, "xlog1py");

    internal Tensor Special(Func<double, double> function, string operation) => Function(function, operation);
}
