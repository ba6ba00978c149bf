namespace Reparam.Runtime.Kernels;

/// <content>Functions of probability, and scaled Bessel functions.</content>
internal static partial class SpecialFunctions
{
    /// <summary>−x·ln(x); 0 at 0, −∞ below.</summary>
    public static double Entropy(double x) => double.IsNaN(x) ? x : x > 0 ? -x * Math.Log(x) : x == 0 ? 0 : double.NegativeInfinity;

    /// <summary>x·ln(1 + y); 0 where x is 0.</summary>
    public static double TimesLogOnePlus(double x, double y) => double.IsNaN(y) ? y : x == 0 ? 0 : x * LogOnePlus(y);

    /// <summary>e^(x²)·erfc(x): from 10 on by the continued fraction.</summary>
    public static double ScaledErfc(double x)
    {
        if (x < 10)
        {
            return x < -26.7 ? double.PositiveInfinity : Math.Exp(x * x) * Erfc(x);
        }

        var fraction = x;
        for (var n = 60; n >= 1; n--)
        {
            fraction = x + n / 2.0 / fraction;
        }

        return 1 / (Math.Sqrt(Math.PI) * fraction);
    }

    /// <summary>The number below which a standard normal one lies with a probability: by <see cref="InverseErf"/> and, in the tails, Newton's steps.</summary>
    public static double NormalQuantile(double p)
    {
        if (!(p is > 0 and < 1))
        {
            return p == 0 ? double.NegativeInfinity : p == 1 ? double.PositiveInfinity : double.NaN;
        }

        if (p > 0.5)
        {
            return p > 1 - 1e-3 ? -LowTail(1 - p) : Math.Sqrt(2) * InverseErf(2 * p - 1);
        }

        return p < 1e-3 ? LowTail(p) : Math.Sqrt(2) * InverseErf(2 * p - 1);
    }

    /// <summary>Modified Bessel function of the first kind and order 1: its power series, and the asymptotic one from 30 on.</summary>
    public static double BesselI1(double x) => Math.Abs(x) < 30 ? SeriesI1(x) : Math.Exp(Math.Abs(x)) * ScaledBesselI1(x);

    /// <summary><see cref="BesselI0"/> times e^(−|x|).</summary>
    public static double ScaledBesselI0(double x)
    {
        var magnitude = Math.Abs(x);
        return magnitude < 30 ? BesselI0(x) * Math.Exp(-magnitude) : Asymptotic(magnitude, 0);
    }

    /// <summary><see cref="BesselI1"/> times e^(−|x|).</summary>
    public static double ScaledBesselI1(double x)
    {
        var magnitude = Math.Abs(x);
        return magnitude < 30 ? SeriesI1(x) * Math.Exp(-magnitude) : Math.CopySign(Asymptotic(magnitude, 1), x);
    }

    private static double SeriesI1(double x)
    {
        var (term, sum) = (x / 2, x / 2);
        for (var n = 1; Math.Abs(term) > Math.Abs(sum) * Epsilon; n++)
        {
            term *= x * x / (4.0 * n * (n + 1));
            sum += term;
        }

        return sum;
    }

    private static double Asymptotic(double x, int order)
    {
        var (last, total) = (1.0, 1.0);
        for (var n = 1; n < 20; n++)
        {
            last *= (Math.Pow(2 * n - 1, 2) - 4 * order * order) / (8 * n * x);
            total += last;
        }

        return total / Math.Sqrt(2 * Math.PI * x);
    }

    // ln Φ is nearly a parabola in the tail, so that few steps suffice.
    private static double LowTail(double p)
    {
        var x = -Math.Sqrt(-2 * Math.Log(p));
        for (var step = 0; step < 12; step++)
        {
            // Φ over its density is a multiple of the scaled erfc.
            var ratio = Math.Sqrt(Math.PI / 2) * ScaledErfc(-x / Math.Sqrt(2));
            var logarithm = Math.Log(ratio / Math.Sqrt(2 * Math.PI)) - x * x / 2;
            x -= (logarithm - Math.Log(p)) * ratio;
        }

        return x;
    }
}
