using System.Numerics;

namespace Reparam.Runtime.Kernels;

/// <summary>Rounded quotients and what they leave over.</summary>
internal static class Quotients
{
    /// <summary>x / y, cut towards zero.</summary>
    public static Tensor Truncated(Tensor x, Tensor y, DType type) =>
        Run(x, y, type, (a, b) => MathF.Truncate(a / b), (a, b) => Math.Truncate(a / b), (a, b) => a / NotZero(b));

    /// <summary>x / y, rounded down.</summary>
    public static Tensor Floored(Tensor x, Tensor y, DType type) => Run(x, y, type, Floor, Floor, Floor);

    /// <summary>What x / y, cut towards zero, leaves over; it has the sign of x.</summary>
    public static Tensor Fmod(Tensor x, Tensor y, DType type) => Run(x, y, type, (a, b) => a % b, (a, b) => a % b, (a, b) => b == -1 ? 0 : a % NotZero(b));

    /// <summary>What x / y, rounded down, leaves over; it has the sign of y.</summary>
    public static Tensor Remainder(Tensor x, Tensor y, DType type) => Run(x, y, type, Remainder, Remainder, (a, b) => a - (Floor(a, b) * b));

    private static Tensor Run(
        Tensor x, Tensor y, DType type, Func<float, float, float> single, Func<double, double, double> full, Func<long, long, long> integer)
    {
        var hub = ElementTypes.Hub(type);
        var (left, right) = (x.As(type, hub), y.As(type, hub));
        return (hub switch
        {
            DType.Float32 => Pointwise.Zip(left, right, single),
            DType.Float64 => Pointwise.Zip(left, right, full),
            DType.Int64 => Pointwise.Zip(left, right, integer),
            _ => throw Tensor.NotDefined("A rounded quotient", type),
        }).As(type);
    }

    // The quotient is formed from what divides exactly, so that rounding cannot lift it over an integer.
    private static T Floor<T>(T a, T b)
        where T : IFloatingPointIeee754<T>
    {
        if (b == T.Zero)
        {
            return a / b;
        }

        var rest = a % b;
        var quotient = (a - rest) / b;
        if (rest != T.Zero && b < T.Zero != rest < T.Zero)
        {
            quotient -= T.One;
        }

        if (quotient == T.Zero)
        {
            return T.CopySign(T.Zero, a / b);
        }

        var floor = T.Floor(quotient);
        return quotient - floor > T.One / (T.One + T.One) ? floor + T.One : floor;
    }

    private static long Floor(long a, long b)
    {
        var quotient = b == -1 ? -a : a / NotZero(b);
        return a % (b == -1 ? 1 : b) != 0 && a < 0 != b < 0 ? quotient - 1 : quotient;
    }

    private static T Remainder<T>(T a, T b)
        where T : IFloatingPointIeee754<T>
    {
        var rest = a % b;
        return rest != T.Zero && b < T.Zero != rest < T.Zero ? rest + b : rest;
    }

    private static long NotZero(long divisor) => divisor != 0 ? divisor : throw new DivideByZeroException("ZeroDivisionError: an integer is divided by zero.");
}
