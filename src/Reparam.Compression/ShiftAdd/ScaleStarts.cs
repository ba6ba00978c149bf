namespace Reparam.Compression.ShiftAdd;

/// <summary>
/// Where the alternation starts. The paper starts from the greedy scales alone and ends in a poor local minimum at 3 and 4 bits. The
/// shapes below are started beside it and the best end is kept. They were chosen one after the other from 2,500 random shapes, each time the
/// one that lowers the mean squared error the most over Gaussian, Laplace and Student-t groups of 16 to 1024 weights.
/// </summary>
internal static class ScaleStarts
{
    private static readonly float[][] None = [];

    private static readonly float[][] TwoBits =
    [
        [0.55f, 0.24f],
        [0.40f, 0.21f],
    ];

    private static readonly float[][] ThreeBits =
    [
        [0.40f, 0.31f, 0.11f],
        [0.64f, 0.17f, 0.05f],
        [0.28f, 0.26f, 0.20f],
        [0.51f, 0.36f, 0.17f],
    ];

    private static readonly float[][] FourBits =
    [
        [0.346f, 0.343f, 0.174f, 0.152f],
        [0.321f, 0.312f, 0.192f, 0.175f],
        [0.457f, 0.248f, 0.173f, 0.153f],
        [0.409f, 0.324f, 0.099f, 0.063f],
        [0.400f, 0.265f, 0.209f, 0.134f],
        [0.277f, 0.258f, 0.152f, 0.152f],
        [0.524f, 0.280f, 0.140f, 0.063f],
        [0.387f, 0.315f, 0.160f, 0.072f],
    ];

    /// <summary>The shapes for a number of bits: scales, descending, as multiples of the group's largest magnitude.</summary>
    public static float[][] Shapes(int bits) => bits switch
    {
        2 => TwoBits,
        3 => ThreeBits,
        4 => FourBits,
        _ => None,
    };
}
