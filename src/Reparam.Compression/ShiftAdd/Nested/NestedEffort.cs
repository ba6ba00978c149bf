namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>What a quality allows.</summary>
/// <param name="SampleGroups">Groups that a table is learned from, at least; 64 for each profile if that is more.</param>
/// <param name="Rounds">Rounds of Lloyd's algorithm before the super-scales are searched, and after.</param>
/// <param name="ScaleTrials">Factors on a block's root mean square that are tried as its super-scale; each next line is tried around the best so far.</param>
/// <param name="Shortlist">With calibration: profiles of a group that are coded in full, at least; a sixteenth of all if that is more.</param>
/// <param name="Sweeps">With calibration: rounds of re-choice under H, at most.</param>
internal sealed record NestedEffort(int SampleGroups, int Rounds, float[][] ScaleTrials, int Shortlist, int Sweeps)
{
    private static readonly NestedEffort Fast = new(4096, 6, [[0.97f, 1.17f]], 8, 0);
    private static readonly NestedEffort Default = new(16384, 10, [[0.93f, 1.08f, 1.25f], [0.93f, 1.075f]], 12, 4);
    private static readonly NestedEffort Best = new(
        65536, 24, [[0.8f, 0.93f, 1.08f, 1.25f, 1.45f], [0.93f, 1.075f], [0.965f, 1.036f], [0.982f, 1.018f]], 64, 30);

    /// <summary>The effort of a quality.</summary>
    public static NestedEffort Of(CodingQuality quality) => quality switch
    {
        CodingQuality.Fast => Fast,
        CodingQuality.Best => Best,
        _ => Default,
    };
}
