namespace Reparam.Runtime.Kernels;

/// <summary>Functions that the framework lacks, in double precision.</summary>
internal static partial class SpecialFunctions
{
    private const double TwoOverSqrtPi = 1.1283791670955126;
    private const double Tiny = 1e-300;
    private const double Epsilon = 1e-16;

    /// <summary>Error function: its power series, and 1 − erfc beyond 2.</summary>
    public static double Erf(double x)
    {
        if (double.IsNaN(x) || x == 0)
        {
            return x;
        }

        var magnitude = Math.Abs(x);
        if (magnitude > 2)
        {
            return Math.CopySign(1 - Erfc(magnitude), x);
        }

        // erf x = 2/√π · e^(−x²) · Σ 2ⁿ·x^(2n+1) / (1·3·…·(2n+1)); all terms are positive.
        var term = magnitude;
        var sum = term;
        for (var n = 1; term > sum * Epsilon; n++)
        {
            term *= 2 * magnitude * magnitude / ((2 * n) + 1);
            sum += term;
        }

        return Math.CopySign(TwoOverSqrtPi * Math.Exp(-magnitude * magnitude) * sum, x);
    }

    /// <summary>1 − erf x: beyond 2 by the continued fraction of the incomplete gamma function Γ(½, x²).</summary>
    public static double Erfc(double x)
    {
        if (double.IsNaN(x))
        {
            return x;
        }

        if (x <= 2)
        {
            return 1 - Erf(x);
        }

        if (x > 27.3)
        {
            return 0;
        }

        // Lentz's method for 1 / (z + ½ − 1·½ / (z + 5/2 − 2·3/2 / (z + 9/2 − …))) with z = x².
        var z = x * x;
        var b = z + 0.5;
        var c = 1 / Tiny;
        var d = 1 / b;
        var fraction = d;
        for (var n = 1; n < 500; n++)
        {
            var a = -n * (n - 0.5);
            b += 2;
            d = 1 / ((a * d) + b);
            c = b + (a / c);
            var factor = c * d;
            fraction *= factor;
            if (Math.Abs(factor - 1) < Epsilon)
            {
                break;
            }
        }

        return Math.Exp(-z) * x * fraction * TwoOverSqrtPi / 2;
    }

    /// <summary>The x with erf x = y: Newton's method with the second derivative, from a start that is right to some hundredths.</summary>
    public static double InverseErf(double y)
    {
        if (!(y > -1 && y < 1))
        {
            return y == 1 ? double.PositiveInfinity : y == -1 ? double.NegativeInfinity : double.NaN;
        }

        if (y == 0)
        {
            return y;
        }

        const double a = 0.147;
        var logarithm = Math.Log(1 - (y * y));
        var half = (2 / (Math.PI * a)) + (logarithm / 2);
        var x = Math.Sqrt(Math.Sqrt((half * half) - (logarithm / a)) - half);
        var target = Math.Abs(y);
        for (var step = 0; step < 4; step++)
        {
            var error = (x < 2 ? Erf(x) - target : (1 - target) - Erfc(x)) / (TwoOverSqrtPi * Math.Exp(-x * x));
            x -= error / (1 + (x * error));
        }

        return Math.CopySign(x, y);
    }

    /// <summary>Logarithm of |Γ(x)|: Stirling's series from 10 on, the recurrence below, the reflection formula for negative numbers.</summary>
    public static double LogGamma(double x)
    {
        if (double.IsNaN(x))
        {
            return x;
        }

        if (double.IsInfinity(x) || (x <= 0 && x == Math.Floor(x)))
        {
            return double.PositiveInfinity;
        }

        if (x < 0)
        {
            return Math.Log(Math.PI / Math.Abs(x * SinPi(x))) - LogGamma(-x);
        }

        if (x is 1 or 2)
        {
            return 0;
        }

        var product = 1.0;
        for (; x < 10; x++)
        {
            product *= x;
        }

        var inverse = 1 / (x * x);
        var series = (((((((-691.0 / 360360 * inverse) + (1.0 / 1188)) * inverse) - (1.0 / 1680)) * inverse) + (1.0 / 1260)) * inverse) - (1.0 / 360);
        series = ((series * inverse) + (1.0 / 12)) / x;
        return ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI)) + series - Math.Log(product);
    }

    /// <summary>
    /// Derivative of <see cref="LogGamma"/>: the asymptotic series from 10 on, the recurrence below, the reflection formula for negative numbers.
    /// </summary>
    public static double Digamma(double x)
    {
        if (x == 0)
        {
            return Math.CopySign(double.PositiveInfinity, -x);
        }

        if (x < 0)
        {
            return x == Math.Floor(x) || double.IsNegativeInfinity(x)
                ? double.NaN
                : Digamma(1 - x) - (Math.PI / Math.Tan(Math.PI * (x - Math.Floor(x))));
        }

        var sum = 0.0;
        for (; x < 10; x++)
        {
            sum -= 1 / x;
        }

        if (double.IsInfinity(x))
        {
            return x;
        }

        var inverse = 1 / (x * x);
        var series = (((((1.0 / 240) - (inverse / 132)) * inverse) - (1.0 / 252)) * inverse) + (1.0 / 120);
        series = ((series * inverse) - (1.0 / 12)) * inverse;
        return sum + Math.Log(x) - (0.5 / x) + series;
    }

    /// <summary>Modified Bessel function of the first kind and order 0: its power series, and the asymptotic one from 30 on.</summary>
    public static double BesselI0(double x)
    {
        var magnitude = Math.Abs(x);
        if (magnitude < 30)
        {
            var (term, sum) = (1.0, 1.0);
            for (var n = 1; term > sum * Epsilon; n++)
            {
                term *= magnitude * magnitude / (4.0 * n * n);
                sum += term;
            }

            return sum;
        }

        var (last, total) = (1.0, 1.0);
        for (var n = 1; n < 20; n++)
        {
            last *= ((2.0 * n) - 1) * ((2.0 * n) - 1) / (8 * n * magnitude);
            total += last;
        }

        return Math.Exp(magnitude) / Math.Sqrt(2 * Math.PI * magnitude) * total;
    }

    /// <summary>sin(πx) / (πx); 1 at 0.</summary>
    public static double Sinc(double x) => x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);

    /// <summary>ln(1 + x), accurate near 0.</summary>
    public static double LogOnePlus(double x)
    {
        var sum = 1 + x;
        return sum == 1 || double.IsPositiveInfinity(x) ? x : Math.Log(sum) * (x / (sum - 1));
    }

    /// <summary>eˣ − 1, accurate near 0.</summary>
    public static double ExpMinusOne(double x)
    {
        if (Math.Abs(x) > 0.5 || double.IsNaN(x))
        {
            return Math.Exp(x) - 1;
        }

        var power = Math.Exp(x);
        return power == 1 ? x : (power - 1) * (x / Math.Log(power));
    }

    /// <summary>ln(eᵃ + eᵇ).</summary>
    public static double LogAddExp(double a, double b) =>
        a == b && double.IsInfinity(a) ? a : Math.Max(a, b) + LogOnePlus(Math.Exp(-Math.Abs(a - b)));

    /// <summary>ln(1 + eˣ).</summary>
    public static double Softplus(double x) => Math.Max(x, 0) + LogOnePlus(Math.Exp(-Math.Abs(x)));

    private static double SinPi(double x)
    {
        var rest = x - (2 * Math.Floor(x / 2));
        return Math.Sin(Math.PI * rest);
    }
}
