namespace Reparam.Runtime.Kernels;

/// <content>Functions around Γ: incomplete, of several dimensions, and the zeta function.</content>
internal static partial class SpecialFunctions
{
    private const int MostTerms = 2000;

    // B₂ₖ / (2k)!
    private static readonly double[] BernoulliTerms =
    [
        1.0 / 12, -1.0 / 720, 1.0 / 30240, -1.0 / 1209600, 1.0 / 47900160, -691.0 / 1307674368000, 1.0 / 74724249600, -3617.0 / 10670622842880000,
    ];

    /// <summary>Lower incomplete gamma function over Γ(a): its power series below a + 1, else by the continued fraction of the upper one.</summary>
    public static double LowerGamma(double a, double x) => OfGamma(a, x) is { } known ? known : x < a + 1 ? GammaSeries(a, x) : 1 - GammaFraction(a, x);

    /// <summary>Upper incomplete gamma function over Γ(a).</summary>
    public static double UpperGamma(double a, double x) => OfGamma(a, x) is { } known ? 1 - known : x < a + 1 ? 1 - GammaSeries(a, x) : GammaFraction(a, x);

    /// <summary>Σ (q + n)^(−x) over all n: terms up to q + n of 12, and the formula of Euler and Maclaurin behind them.</summary>
    public static double Zeta(double x, double q)
    {
        if (x < 1 || (q < 0 && q != Math.Floor(q) && x != Math.Floor(x)))
        {
            return double.NaN;
        }

        if (x == 1 || (q <= 0 && q == Math.Floor(q)))
        {
            return double.PositiveInfinity;
        }

        var sum = 0.0;
        for (; q < 12; q++)
        {
            sum += Math.Pow(q, -x);
        }

        var power = Math.Pow(q, -x);
        sum += q * power / (x - 1) + 0.5 * power;
        var factor = x * power / q;
        for (var k = 0; k < BernoulliTerms.Length; k++)
        {
            sum += BernoulliTerms[k] * factor;
            factor *= (x + 2 * k + 1) * (x + 2 * k + 2) / (q * q);
        }

        return sum;
    }

    /// <summary>The n-th derivative of <see cref="Digamma"/>.</summary>
    public static double Polygamma(long n, double x)
    {
        var sign = n % 2 == 0 ? -1 : 1;
        return n == 0 ? Digamma(x) : sign * Math.Exp(LogGamma(n + 1)) * Zeta(n + 1, x);
    }

    /// <summary>Logarithm of the gamma function of p dimensions.</summary>
    public static double MultivariateLogGamma(double x, long p)
    {
        var sum = p * (p - 1) / 4.0 * Math.Log(Math.PI);
        for (var i = 0; i < p; i++)
        {
            sum += LogGamma(x - i / 2.0);
        }

        return sum;
    }

    // Where nothing need be summed: the lower function.
    private static double? OfGamma(double a, double x) =>
        a < 0 || x < 0 ? double.NaN
        : a == 0 ? x > 0 ? 1 : double.NaN
        : x == 0 ? 0
        : double.IsInfinity(a) ? double.IsInfinity(x) ? double.NaN : 0
        : double.IsInfinity(x) ? 1
        : double.IsNaN(a) || double.IsNaN(x) ? double.NaN
        : null;

    private static double GammaSeries(double a, double x)
    {
        var (term, sum) = (1 / a, 1 / a);
        for (var n = 1; n < MostTerms && term > sum * Epsilon; n++)
        {
            term *= x / (a + n);
            sum += term;
        }

        return sum * Math.Exp(a * Math.Log(x) - x - LogGamma(a));
    }

    // The modified method of Lentz (Press et al., "Numerical recipes", section 6.2).
    private static double GammaFraction(double a, double x)
    {
        const double Tiny = 1e-300;
        var b = x + 1 - a;
        var c = 1 / Tiny;
        var d = 1 / b;
        var fraction = d;
        for (var n = 1; n < MostTerms; n++)
        {
            var factor = -n * (n - a);
            b += 2;
            d = factor * d + b;
            d = 1 / (Math.Abs(d) < Tiny ? Tiny : d);
            c = b + factor / c;
            c = Math.Abs(c) < Tiny ? Tiny : c;
            fraction *= d * c;
            if (Math.Abs(d * c - 1) < Epsilon)
            {
                break;
            }
        }

        return fraction * Math.Exp(a * Math.Log(x) - x - LogGamma(a));
    }
}
