namespace Reparam.Compression.Numerics;

/// <summary>
/// The order in which Jacobi's method takes pairs of columns: rounds of pairs that do not touch each other, as in a tournament where everybody meets everybody
/// once (Brent and Luk, 1985). Pairs of a round can be worked on at the same time, so the result does not depend on the number of threads.
/// </summary>
internal static class Rounds
{
    /// <summary>Rounds in which all pairs meet once.</summary>
    public static int Count(int columns) => columns < 2 ? 0 : Even(columns) - 1;

    /// <summary>Pairs of a round, the one with the pair that an odd number leaves out included.</summary>
    public static int Pairs(int columns) => Even(columns) / 2;

    /// <summary>A pair, the smaller number first; false for the one whose partner does not exist.</summary>
    public static bool TryPair(int columns, int round, int pair, out int low, out int high)
    {
        var last = Even(columns) - 1;
        var (one, other) = pair == 0 ? (last, round) : ((round + pair) % last, (round - pair + last) % last);
        (low, high) = (Math.Min(one, other), Math.Max(one, other));
        return high < columns;
    }

    private static int Even(int columns) => (columns + 1) / 2 * 2;
}
