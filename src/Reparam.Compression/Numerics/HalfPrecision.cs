using Reparam.Compression.Simd;

namespace Reparam.Compression.Numerics;

/// <summary>Rounding of floats ≥ 0 to values that half precision holds.</summary>
/// <typeparam name="T">The vector.</typeparam>
internal static class HalfPrecision<T>
    where T : unmanaged, ILanes<T>
{
    private const float SmallestNormal = 1f / (1 << 14);

    // A float between 1/2 and 1 has the spacing of the halves below 2^-14.
    private const float Subnormal = 0.5f;

    // Cuts a float to its upper 11 bits.
    private const float Splitter = (1 << 13) + 1;

    /// <summary>The nearest; of two as near, either. Values are below 2^15.</summary>
    public static T Round(T value)
    {
        var scaled = value * T.Create(Splitter);
        var normal = scaled - (scaled - value);
        var subnormal = value + T.Create(Subnormal) - T.Create(Subnormal);
        return T.Select(T.Less(value, T.Create(SmallestNormal)), subnormal, normal);
    }
}
