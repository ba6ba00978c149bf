namespace Reparam.Compression.Uniform;

/// <summary>An evenly spaced grid: the integers 0 to 2^bits − 1 stand for step·(q − zero).</summary>
/// <param name="Scale">The step as it is stored, without the factor 2^exponent of its row; 0 where every weight is 0.</param>
/// <param name="Step">The step: the scale times 2^exponent, rounded to a float.</param>
/// <param name="Zero">The integer that stands for 0.</param>
internal readonly record struct UniformGrid(Half Scale, float Step, int Zero)
{
    // Room above the largest scale of a row's own weights, for what error feedback may bring: 2^7. Full precision goes down to 2^-22 of it.
    private const int TopExponent = 8;

    /// <summary>The exponent of a row: its scales are near 2^8 before they are multiplied by 2^exponent.</summary>
    /// <param name="largest">Largest magnitude of the row's weights.</param>
    /// <param name="bits">Bits of an integer.</param>
    public static sbyte Exponent(float largest, int bits) =>
        largest == 0 ? (sbyte)0 : (sbyte)Math.Clamp(Math.ILogB(2.0 * largest / ((1 << bits) - 1)) - TopExponent, sbyte.MinValue, sbyte.MaxValue);

    /// <summary>The grid that spans a range.</summary>
    /// <param name="low">Lowest value, at most 0.</param>
    /// <param name="high">Highest value, at least 0.</param>
    /// <param name="bits">Bits of an integer.</param>
    /// <param name="isSymmetric">
    /// Whether the zero point is 2^(bits − 1); low is then −high, and the steps are as wide as if the grid reached half a step beyond its highest integer, as
    /// in GPTQ: no value of the range is further than half a step from it.
    /// </param>
    /// <param name="exponent">Exponent of the row.</param>
    public static UniformGrid Spanning(double low, double high, int bits, bool isSymmetric, int exponent)
    {
        var last = (1 << bits) - 1;
        var wanted = (high - low) / last;
        if (!(wanted > 0))
        {
            return new UniformGrid(Half.Zero, 0, isSymmetric ? (last + 1) / 2 : 0);
        }

        var scale = (Half)Math.ScaleB(wanted, -exponent);
        scale = Half.IsFinite(scale) ? scale : Half.MaxValue;

        // Among the smallest numbers the nearest scale may be 0, or far too small: then the next one up.
        while (StepOf(scale, exponent) < wanted * (1 - 1.0 / 1024) && scale < Half.MaxValue)
        {
            scale = Half.BitIncrement(scale);
        }

        var zero = isSymmetric ? (last + 1) / 2 : (int)Math.Clamp(Math.Round(-low / StepOf(scale, exponent)), 0, last);

        // Among the largest, the end of the grid may be beyond the range of float.
        while (!float.IsFinite(StepOf(scale, exponent) * Math.Max(zero, last - zero)))
        {
            scale = Half.BitDecrement(scale);
        }

        return new UniformGrid(scale, StepOf(scale, exponent), zero);
    }

    /// <summary>The nearest integer; of two as near, the one at an even distance from zero.</summary>
    /// <param name="value">A finite value.</param>
    /// <param name="last">2^bits − 1.</param>
    public int Nearest(float value, int last) => Step == 0 ? Zero : (int)Math.Clamp(MathF.Round(value / Step) + Zero, 0, last);

    /// <summary>What an integer stands for.</summary>
    public float Value(int integer) => Step * (integer - Zero);

    private static float StepOf(Half scale, int exponent) => MathF.ScaleB((float)scale, exponent);
}
