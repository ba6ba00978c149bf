using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.ShiftAdd;

/// <summary>
/// The levels ≥ 0 that a group's stored scales decode to, ascending, with the planes that are plus at each and the thresholds between them. Sums are
/// formed in the order of <see cref="BinaryCodedMatrix.DecodeRow"/>, so a level is what the file says to the last bit.
/// </summary>
internal ref struct GroupLevels
{
    private readonly Span<float> levels;
    private readonly Span<float> thresholds;
    private readonly Span<byte> planes;
    private readonly int bits;

    /// <summary>Takes room for eight of each.</summary>
    public GroupLevels(int bits, Span<float> levels, Span<float> thresholds, Span<byte> planes)
    {
        this.bits = bits;
        Number = 1 << (bits - 1);
        this.levels = levels[..Number];
        this.thresholds = thresholds[..Number];
        this.planes = planes[..Number];
    }

    /// <summary>Number of levels, 2^(bits−1).</summary>
    public int Number { get; }

    /// <summary>Levels, ascending.</summary>
    public readonly ReadOnlySpan<float> Levels => levels;

    /// <summary>Smallest magnitude that belongs to each level.</summary>
    public readonly ReadOnlySpan<float> Thresholds => thresholds;

    /// <summary>Bit b is set where scale b is added.</summary>
    public readonly ReadOnlySpan<byte> Planes => planes;

    /// <summary>Forms the levels of a set of scales.</summary>
    /// <param name="scales">[bits], the values that the file will hold.</param>
    public readonly void Form(ReadOnlySpan<float> scales)
    {
        var allPlanes = (1 << bits) - 1;
        for (var pattern = 0; pattern < Number; pattern++)
        {
            var plus = (pattern << 1) | 1;
            var sum = 0f;
            for (var b = 0; b < bits; b++)
            {
                sum += ((plus >> b) & 1) != 0 ? scales[b] : -scales[b];
            }

            levels[pattern] = Math.Abs(sum);
            planes[pattern] = (byte)(sum < 0 ? plus ^ allPlanes : plus);
        }

        levels.Sort(planes);
        thresholds[0] = 0;
        for (var r = 1; r < Number; r++)
        {
            thresholds[r] = (levels[r - 1] + levels[r]) * 0.5f;
        }
    }
}
