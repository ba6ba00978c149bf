namespace Reparam.Runtime.Packed.Levels;

/// <summary>
/// How prepacked weights are multiplied with many input rows: their levels are decoded once for all of them, and multiplied as whole numbers.
/// </summary>
internal sealed class LevelForm
{
    /// <summary>Takes tiles.</summary>
    /// <param name="path">The path of the kernels.</param>
    /// <param name="precision">The precision of the look-ups that the form takes the place of.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="tiles">The tiles.</param>
    public LevelForm(KernelPath path, KernelPrecision precision, int columns, LevelTiles tiles)
    {
        (Kernels, Tiles) = (LevelKernelTable.Find(path), tiles);
        Plan = new LevelPlan(columns, tiles.Segments, Kernels.Most);
        MinInputs = Enough ?? MinInputsOf(path, precision);
    }

    /// <summary>For comparisons: the number of input rows from which on matrices that are made from now on take this form; null for the usual one.</summary>
    public static int? Enough { get; set; }

    /// <summary>Input rows from which on a product takes this form: with fewer of them decoding costs more than it saves.</summary>
    public int MinInputs { get; }

    /// <summary>The weights.</summary>
    public LevelTiles Tiles { get; }

    /// <summary>How inputs are rounded.</summary>
    public LevelPlan Plan { get; }

    /// <summary>The kernels.</summary>
    public LevelKernelTable Kernels { get; }

    // Where both ways took the same time, on Zen 5: look-ups of 8 bits are faster, levels know no less than 16.
    private static int MinInputsOf(KernelPath path, KernelPrecision precision) => (path, precision) switch
    {
        (KernelPath.Vector128, KernelPrecision.Fast) => 32,
        (KernelPath.Vector128, _) => 16,
        (KernelPath.Avx512, KernelPrecision.Fast) => 12,
        (KernelPath.Avx512, _) => 9,
        (_, KernelPrecision.Fast) => 20,
        _ => 12,
    };
}
