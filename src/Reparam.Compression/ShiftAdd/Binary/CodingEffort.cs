namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>How long each step of calibrated coding goes on.</summary>
/// <param name="FitQuarters">Starts of a block: its first scales are fitted with the weights D^(n/4).</param>
/// <param name="Passes">Times that the columns of a block are coded from each start, with a refit of its scales after each.</param>
/// <param name="LocalRounds">Rounds of codes and scales inside a block.</param>
/// <param name="Sweeps">Rounds over all blocks under H.</param>
internal sealed record CodingEffort(int[] FitQuarters, int Passes, int LocalRounds, int Sweeps)
{
    /// <summary>The effort that options allow.</summary>
    public static CodingEffort Of(ShiftAddAttribute options)
    {
        var effort = options.Quality switch
        {
            CodingQuality.Fast => new CodingEffort([4], 1, 2, 0),
            CodingQuality.Default => new CodingEffort([5, 1], 5, 10, 8),
            _ => new CodingEffort([6, 5, 4, 3, 2, 1, 0], 30, 20, 100),
        };
        return options.Sweeps < 0 ? effort : effort with { Sweeps = options.Sweeps };
    }
}
