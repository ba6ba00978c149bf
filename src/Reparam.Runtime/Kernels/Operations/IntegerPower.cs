namespace Reparam.Runtime.Kernels.Operations;

/// <summary>Power of integers, wrapping on overflow; a negative exponent gives the integer part of 1 / xⁿ.</summary>
internal readonly struct IntegerPower : IBinary<long, long>
{
    public static void Apply(ReadOnlySpan<long> x, ReadOnlySpan<long> y, Span<long> result)
    {
        for (var i = 0; i < x.Length; i++)
        {
            result[i] = Power(x[i], y[i]);
        }
    }

    public static void Apply(ReadOnlySpan<long> x, long y, Span<long> result)
    {
        for (var i = 0; i < x.Length; i++)
        {
            result[i] = Power(x[i], y);
        }
    }

    public static void Apply(long x, ReadOnlySpan<long> y, Span<long> result)
    {
        for (var i = 0; i < y.Length; i++)
        {
            result[i] = Power(x, y[i]);
        }
    }

    private static long Power(long x, long exponent)
    {
        if (exponent < 0)
        {
            return x switch { 1 => 1, -1 => (exponent & 1) == 0 ? 1 : -1, _ => 0 };
        }

        long result = 1;
        for (; exponent > 0; exponent >>= 1)
        {
            if ((exponent & 1) != 0)
            {
                result *= x;
            }

            x *= x;
        }

        return result;
    }
}
