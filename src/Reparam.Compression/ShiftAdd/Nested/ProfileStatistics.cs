namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>
/// Sums over the members of a profile: with the signs of a weight x and its importance v, the normal equations of the best amplitudes and offset are made of
/// Σv, Σv·s_b, Σv·s_b·s_c, Σv·x·s_b and Σv·x.
/// </summary>
internal static class ProfileStatistics
{
    /// <summary>Number of sums of a profile, its error among them.</summary>
    public static int Count(int bits) => 2 + 2 * bits + bits * (bits - 1) / 2 + 1;

    /// <summary>Place of Σv.</summary>
    public const int Weight = 0;

    /// <summary>Place of Σv·x.</summary>
    public const int Value = 1;

    /// <summary>Place of Σv·distance².</summary>
    public const int Error = 2;

    /// <summary>Place of Σv·s_b.</summary>
    public static int Sign(int b) => 3 + b;

    /// <summary>Place of Σv·x·s_b.</summary>
    public static int SignedValue(int bits, int b) => 3 + bits + b;

    /// <summary>Place of Σv·s_b·s_c, b &lt; c.</summary>
    public static int Product(int bits, int b, int c) => 3 + 2 * bits + c * (c - 1) / 2 + b;
}
