using Reparam.Compression.ShiftAdd.Lanes;

namespace Reparam.Compression.ShiftAdd;

/// <summary>The 2^(bits−1) levels ≥ 0 of a set of scales, ascending, each with the signs that sum to it.</summary>
/// <typeparam name="T">The vector.</typeparam>
internal static unsafe class SymmetricLevels<T>
    where T : unmanaged, ILanes<T>
{
    // Batcher's merge exchange for eight values.
    private static ReadOnlySpan<byte> Exchanges =>
    [
        0, 4, 1, 5, 2, 6, 3, 7,
        0, 2, 1, 3, 4, 6, 5, 7,
        2, 4, 3, 5,
        0, 1, 2, 3, 4, 5, 6, 7,
        1, 4, 3, 6,
        1, 2, 3, 4, 5, 6,
    ];

    /// <summary>Forms the levels.</summary>
    /// <param name="scales">[bits], descending, ≥ 0.</param>
    /// <param name="bits">1 to 4.</param>
    /// <param name="levels">[2^(bits−1)], ascending.</param>
    /// <param name="signs">[2^(bits−1)]: bit 31 − i of a lane is set where scale i is subtracted.</param>
    public static void Form(T* scales, int bits, T* levels, T* signs)
    {
        var half = 1 << (bits - 1);
        var all = Flags(~0u << (32 - bits));
        for (var pattern = 0; pattern < half; pattern++)
        {
            // Counting up from all minus (but the first) to all plus ascends for up to three bits, apart from the sign of the lowest.
            var sum = scales[0];
            var flags = 0u;
            for (var i = 1; i < bits; i++)
            {
                if (((pattern >> (bits - 1 - i)) & 1) != 0)
                {
                    sum += scales[i];
                }
                else
                {
                    sum -= scales[i];
                    flags |= 1u << (31 - i);
                }
            }

            var negative = T.Less(sum, default);
            levels[pattern] = T.Abs(sum);
            signs[pattern] = Flags(flags) ^ (negative & all);
        }

        if (bits == 4)
        {
            Sort(levels, signs);
        }
    }

    private static void Sort(T* levels, T* signs)
    {
        for (var i = 0; i < Exchanges.Length; i += 2)
        {
            var (low, high) = (Exchanges[i], Exchanges[i + 1]);
            var (a, b) = (levels[low], levels[high]);
            var (p, q) = (signs[low], signs[high]);
            var swap = T.Less(b, a);
            levels[low] = T.Min(a, b);
            levels[high] = T.Max(a, b);
            signs[low] = T.Select(swap, q, p);
            signs[high] = T.Select(swap, p, q);
        }
    }

    private static T Flags(uint bits) => T.Create(BitConverter.UInt32BitsToSingle(bits));
}
