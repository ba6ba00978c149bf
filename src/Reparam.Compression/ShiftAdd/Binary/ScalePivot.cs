namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>
/// When a pivot of BᵀB counts as 0: of a matrix of sums of ±1 it is 0 or at least some tenths, and rounding leaves n·1e-7 of one that should be 0.
/// </summary>
internal static class ScalePivot
{
    /// <summary>The smallest pivot of a group of n weights that is not 0.</summary>
    public static float Smallest(int n) => Math.Max(0.25f, n * 1e-6f);
}
