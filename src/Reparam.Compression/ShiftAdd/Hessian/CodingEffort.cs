namespace Reparam.Compression.ShiftAdd.Hessian;

/// <summary>How long each step of calibrated coding goes on.</summary>
/// <param name="Turns">Times that a block is coded in turn, its scales refitted in between.</param>
/// <param name="LocalRounds">Rounds of codes and scales inside a block.</param>
/// <param name="Sweeps">Rounds over all blocks under H.</param>
internal readonly record struct CodingEffort(int Turns, int LocalRounds, int Sweeps)
{
    /// <summary>The effort that options allow.</summary>
    public static CodingEffort Of(ShiftAddOptions options)
    {
        var effort = options.Quality switch
        {
            CodingQuality.Fast => new CodingEffort(1, 2, 0),
            CodingQuality.Default => new CodingEffort(5, 10, 20),
            _ => new CodingEffort(30, 20, 100),
        };
        return options.Sweeps is { } sweeps ? effort with { Sweeps = sweeps } : effort;
    }
}
