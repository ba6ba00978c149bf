using System.Runtime.CompilerServices;
using Reparam.Compression.Simd;

namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>
/// The levels of a profile: nearest level and distance, without forming the levels. Where every amplitude is at least the sum of those behind it, the levels o
/// ± a₁ ± … ± a_q lie nested: the sign of x − o decides the first plane, the sign of |x − o| − a₁ the second relative to it, and so on, and what is left at the
/// end is the distance to the nearest level.
/// </summary>
/// <typeparam name="T">The vector; lanes never meet.</typeparam>
/// <typeparam name="TPlanes">Number of planes.</typeparam>
internal readonly struct ProfileLevels<T, TPlanes>
    where T : unmanaged, ILanes<T>
    where TPlanes : struct, IPlanes
{
    private readonly T offset;
    private readonly T a1;
    private readonly T a2;
    private readonly T a3;
    private readonly T a4;

    /// <summary>One profile in all lanes.</summary>
    /// <param name="profile">Amplitudes, then the offset.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe ProfileLevels(float* profile)
    {
        a1 = T.Create(profile[0]);
        a2 = TPlanes.Count > 1 ? T.Create(profile[1]) : default;
        a3 = TPlanes.Count > 2 ? T.Create(profile[2]) : default;
        a4 = TPlanes.Count > 3 ? T.Create(profile[3]) : default;
        offset = T.Create(profile[TPlanes.Count]);
    }

    /// <summary>A profile for each lane.</summary>
    /// <param name="profiles">[bits + 1], a vector for each amplitude, then one for the offset.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe ProfileLevels(T* profiles)
    {
        a1 = profiles[0];
        a2 = TPlanes.Count > 1 ? profiles[1] : default;
        a3 = TPlanes.Count > 2 ? profiles[2] : default;
        a4 = TPlanes.Count > 3 ? profiles[3] : default;
        offset = profiles[TPlanes.Count];
    }

    /// <summary>Distance of a value to the nearest level, of either sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Distance(T value)
    {
        var rest = T.Abs(value - offset) - a1;
        if (TPlanes.Count > 1)
        {
            rest = T.Abs(rest) - a2;
        }

        if (TPlanes.Count > 2)
        {
            rest = T.Abs(rest) - a3;
        }

        if (TPlanes.Count > 3)
        {
            rest = T.Abs(rest) - a4;
        }

        return rest;
    }

    /// <summary>The nearest level, and for each plane a sign bit that is set where the plane is minus.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Nearest(T value, T signBit, out T minus1, out T minus2, out T minus3, out T minus4)
    {
        minus2 = default;
        minus3 = default;
        minus4 = default;
        var rest = value - offset;
        minus1 = rest & signBit;
        var level = offset + (a1 ^ minus1);
        if (TPlanes.Count > 1)
        {
            rest = T.Abs(rest) - a1;
            minus2 = (rest & signBit) ^ minus1;
            level += a2 ^ minus2;
        }

        if (TPlanes.Count > 2)
        {
            rest = T.Abs(rest) - a2;
            minus3 = (rest & signBit) ^ minus2;
            level += a3 ^ minus3;
        }

        if (TPlanes.Count > 3)
        {
            rest = T.Abs(rest) - a3;
            minus4 = (rest & signBit) ^ minus3;
            level += a4 ^ minus4;
        }

        return level;
    }
}
