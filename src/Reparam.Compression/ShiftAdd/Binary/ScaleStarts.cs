namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>
/// Where the alternation starts. The paper starts from the greedy scales alone and ends in a poor local minimum at 3 and 4 bits. The greedy start
/// is always followed to the end, so no group is worse than the paper's. Beside it each of the shapes below goes <see cref="TrialRounds"/> rounds, the
/// <see cref="Finalists"/> best go on, and the best of all iterates is kept. The shapes were chosen one after the other from 3,000 random ones, each time
/// the one that lowers the mean squared error the most over Gaussian, Laplace and Student-t groups of 16 to 1024 weights.
/// </summary>
internal static class ScaleStarts
{
    /// <summary>Rounds after which the shapes are compared, but for the best quality.</summary>
    public const int TrialRounds = 3;

    /// <summary>Shapes that go on.</summary>
    public const int Finalists = 2;

    private static readonly float[][] None = [];

    private static readonly float[][] TwoBits =
    [
        [0.55f, 0.24f],
        [0.40f, 0.21f],
    ];

    private static readonly float[][] ThreeBits =
    [
        [0.429f, 0.347f, 0.129f],
        [0.535f, 0.331f, 0.163f],
        [0.326f, 0.304f, 0.195f],
        [0.487f, 0.316f, 0.238f],
        [0.581f, 0.134f, 0.058f],
        [0.259f, 0.255f, 0.197f],
    ];

    private static readonly float[][] FourBits =
    [
        [0.315f, 0.286f, 0.245f, 0.146f],
        [0.397f, 0.336f, 0.183f, 0.102f],
        [0.415f, 0.218f, 0.209f, 0.096f],
        [0.421f, 0.305f, 0.130f, 0.046f],
        [0.417f, 0.331f, 0.123f, 0.098f],
        [0.431f, 0.256f, 0.171f, 0.153f],
        [0.338f, 0.321f, 0.148f, 0.096f],
        [0.236f, 0.199f, 0.093f, 0.079f],
        [0.522f, 0.293f, 0.130f, 0.047f],
        [0.256f, 0.222f, 0.196f, 0.160f],
        [0.378f, 0.294f, 0.177f, 0.122f],
        [0.423f, 0.311f, 0.208f, 0.084f],
        [0.470f, 0.320f, 0.122f, 0.073f],
        [0.330f, 0.307f, 0.175f, 0.173f],
    ];

    /// <summary>Rounds after which the shapes are compared; the best quality takes each to the end.</summary>
    public static int RoundsOfTrial(int rounds, CodingQuality quality) => quality == CodingQuality.Best ? rounds : Math.Min(rounds, TrialRounds);

    /// <summary>The shapes for a number of bits: scales, descending, as multiples of the group's largest magnitude.</summary>
    public static float[][] Shapes(int bits, CodingQuality quality) => bits switch
    {
        _ when quality == CodingQuality.Fast => None,
        2 => TwoBits,
        3 => ThreeBits,
        4 => FourBits,
        _ => None,
    };
}
