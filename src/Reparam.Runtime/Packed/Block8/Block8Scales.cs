using Reparam.Checkpoints.Packed;

namespace Reparam.Runtime.Packed;

/// <summary>
/// Scales of the layout block8 as 16-bit integers times a power of two, the unit, for each row block and segment: those that many significant bits or a
/// wide range would cost too much are refused. Half-precision scales and powers of two are exact unless they are much smaller than the largest of their
/// segment.
/// </summary>
internal static class Block8Scales
{
    /// <summary>
    /// Largest error of a segment's integers, relative to its scales in the 2-norm: that of a product whose inputs are of equal size. It adds to the error
    /// of the tables, about 3e-5, as independent errors do.
    /// </summary>
    public const double LargestError = 2e-5;

    private const int IntegerBits = 15;

    /// <summary>Whether all scales of a matrix can be held as integers.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="segmentGroups">Groups of eight columns of a segment.</param>
    /// <param name="exact">Whether no scale is rounded.</param>
    /// <exception cref="ArgumentException">A scale is not finite.</exception>
    public static bool Fit(BinaryCodedMatrix matrix, int segmentGroups, out bool exact)
    {
        Span<short> integers = stackalloc short[PrepackedLayout.MaxChunks * Block8Layout.ChunkGroups * PlanesMatrix.MaxBits];
        exact = true;
        for (var block = 0; block < matrix.RowBlocks; block++)
        {
            for (var group = 0; group < matrix.ColumnBlocks; group += segmentGroups)
            {
                var (errors, squares) = (0.0, 0.0);
                var unit = Round(matrix, block, group, segmentGroups, integers);
                for (var i = 0; i < Math.Min(segmentGroups, matrix.ColumnBlocks - group) * matrix.Bits; i++)
                {
                    double scale = matrix.Scale(block, group + (i / matrix.Bits), i % matrix.Bits);
                    var error = scale - ((double)integers[i] * unit);
                    errors += error * error;
                    squares += scale * scale;
                }

                exact &= errors == 0;
                if (errors > LargestError * LargestError * squares)
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Rounds the scales of one row block and segment.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="block">Row block.</param>
    /// <param name="group">First group of columns.</param>
    /// <param name="groups">Groups, some of which may lie behind the last column.</param>
    /// <param name="integers">Out: [group][bit], 0 behind the last column.</param>
    /// <returns>The unit: 0 where all scales are 0.</returns>
    public static float Round(BinaryCodedMatrix matrix, int block, int group, int groups, Span<short> integers)
    {
        integers.Clear();
        var count = Math.Min(groups, matrix.ColumnBlocks - group) * matrix.Bits;
        var largest = 0f;
        for (var i = 0; i < count; i++)
        {
            largest = Math.Max(largest, Math.Abs(matrix.Scale(block, group + (i / matrix.Bits), i % matrix.Bits)));
        }

        if (largest == 0)
        {
            return 0;
        }

        var exponent = IntegerBits - 1 - MathF.ILogB(largest);
        for (var i = 0; i < count; i++)
        {
            var scale = Math.ScaleB(matrix.Scale(block, group + (i / matrix.Bits), i % matrix.Bits), exponent);
            integers[i] = (short)Math.Clamp(Math.Round(scale), -short.MaxValue, short.MaxValue);
        }

        return MathF.ScaleB(1, -exponent);
    }
}
