namespace Reparam.Runtime;

/// <summary>Limits of a floating-point type, as IEEE 754 and the definition of bfloat16 give them.</summary>
[Counterpart("TorchSharp.torch+FInfo")]
public readonly struct FInfo
{
    // Significand bits without the hidden one, least normal exponent, largest exponent.
    private static readonly Dictionary<DType, (int Bits, int Significand, int Lowest, int Highest, double Resolution)> Types = new()
    {
        [DType.Float16] = (16, 10, -14, 15, 1e-3),
        [DType.BFloat16] = (16, 7, -126, 127, 1e-2),
        [DType.Float32] = (32, 23, -126, 127, 1e-6),
        [DType.Float64] = (64, 52, -1022, 1023, 1e-15),
    };

    /// <summary>The limits of a type.</summary>
    /// <exception cref="ArgumentException">The type is not a floating-point type.</exception>
    internal FInfo(DType type)
    {
        if (!Types.TryGetValue(type, out var found))
        {
            throw new ArgumentException($"finfo takes a floating-point type; found {type}.", nameof(type));
        }

        Bits = found.Bits;
        Eps = Math.ScaleB(1, -found.Significand);
        Tiny = Math.ScaleB(1, found.Lowest);
        Max = Math.ScaleB(2 - Eps, found.Highest);
        Resolution = found.Resolution;
    }

    /// <summary>Bits of a number.</summary>
    [Counterpart("bits")]
    public int Bits { get; }

    /// <summary>The least number that 1 can be increased by.</summary>
    [Counterpart("eps")]
    public double Eps { get; }

    /// <summary>The largest number.</summary>
    [Counterpart("max")]
    public double Max { get; }

    /// <summary>The least positive normal number.</summary>
    [Counterpart("tiny")]
    public double Tiny { get; }

    /// <summary>Decimal resolution.</summary>
    [Counterpart("resolution")]
    public double Resolution { get; }

    /// <summary>The lowest number.</summary>
    [Counterpart("min")]
    public double Min => -Max;

    /// <summary>The least positive normal number.</summary>
    [Counterpart("smallest_normal")]
    public double SmallestNormal => Tiny;
}
