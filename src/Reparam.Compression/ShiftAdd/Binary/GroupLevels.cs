using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>
/// The levels ≥ 0 that a group's stored scales decode to, ascending, the thresholds between them, and the planes whose sign turns from a level to the next.
/// Sums are formed in the order of <see cref="BinaryCodedMatrix.DecodeRow"/>, so a level is what the file says to the last bit.
/// </summary>
internal unsafe struct GroupLevels
{
    /// <summary>Planes in <see cref="Flips"/>.</summary>
    public const int Planes = 4;

    private const int MaxLevels = 8;

    /// <summary>[<see cref="Number"/>], ascending.</summary>
    public fixed float Levels[MaxLevels];

    /// <summary>[<see cref="Number"/>]: the smallest magnitude that belongs to each level; the first is 0.</summary>
    public fixed float Thresholds[MaxLevels];

    /// <summary>
    /// [<see cref="Number"/>, <see cref="Planes"/>]: all bits set where the sign of a plane is not that of the level below; at the first level, where it is
    /// plus.
    /// </summary>
    public fixed uint Flips[MaxLevels * Planes];

    /// <summary>Forms the levels of a set of scales.</summary>
    /// <param name="scales">[1 to 4], the values that the file will hold.</param>
    public GroupLevels(ReadOnlySpan<float> scales)
    {
        Number = 1 << (scales.Length - 1);
        var allPlanes = (1 << scales.Length) - 1;
        var planes = stackalloc int[MaxLevels];
        for (var r = 0; r < Number; r++)
        {
            // In this order the levels of up to three scales ascend.
            var level = scales[0];
            var plus = 1;
            for (var b = 1; b < scales.Length; b++)
            {
                var sign = (r >> (scales.Length - 1 - b)) & 1;
                level += sign != 0 ? scales[b] : -scales[b];
                plus |= sign << b;
            }

            if (level < 0)
            {
                level = -level;
                plus ^= allPlanes;
            }

            var place = r;
            for (; place > 0 && Levels[place - 1] > level; place--)
            {
                Levels[place] = Levels[place - 1];
                planes[place] = planes[place - 1];
            }

            Levels[place] = level;
            planes[place] = plus;
        }

        var below = 0;
        for (var r = 0; r < Number; r++)
        {
            Thresholds[r] = r == 0 ? 0 : (Levels[r - 1] + Levels[r]) * 0.5f;
            var flips = planes[r] ^ below;
            below = planes[r];
            for (var b = 0; b < Planes; b++)
            {
                Flips[r * Planes + b] = 0u - (uint)((flips >> b) & 1);
            }
        }
    }

    /// <summary>Number of levels, 2^(bits−1).</summary>
    public int Number { get; }
}
