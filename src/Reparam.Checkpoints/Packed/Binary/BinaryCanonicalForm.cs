namespace Reparam.Checkpoints.Packed;

/// <summary>The rules on values of a stored matrix in binary coding.</summary>
internal static class BinaryCanonicalForm
{
    /// <summary>What breaks the canonical form, or null.</summary>
    public static string? Problem(BinaryCodedMatrix matrix) =>
        ProblemOfCodes(matrix) ?? ProblemOfScales(matrix);

    /// <summary>What breaks the canonical form but in the codes, which are not touched, or null.</summary>
    public static string? ProblemOfScales(BinaryCodedMatrix matrix) => ProblemOfFreeScales(matrix) ?? ProblemOfTerms(matrix) ?? ProblemOfRange(matrix);

    private static string? ProblemOfCodes(BinaryCodedMatrix matrix)
    {
        var used = matrix.Columns % 32;
        if (used == 0)
        {
            return null;
        }

        var beyond = uint.MaxValue << used;
        var codes = matrix.Codes.Span;
        for (var i = matrix.WordsPerRow - 1; i < codes.Length; i += matrix.WordsPerRow)
        {
            if ((codes[i] & beyond) != 0)
            {
                return $"found sign bits behind column {matrix.Columns - 1} in row {i / matrix.WordsPerRow % matrix.Rows}, expected zeros";
            }
        }

        return null;
    }

    private static string? ProblemOfFreeScales(BinaryCodedMatrix matrix)
    {
        var scales = matrix.Scales.Span;
        for (var i = 0; i < scales.Length; i++)
        {
            if (!Half.IsFinite(scales[i]) || scales[i] < Half.Zero)
            {
                return $"found scale {scales[i]} in row {Row(matrix, i)}, expected a finite number from 0 up";
            }

            if (i % matrix.Bits != 0 && scales[i] > scales[i - 1])
            {
                return $"found scale {scales[i]} behind {scales[i - 1]} in row {Row(matrix, i)}, expected a group's scales in descending order";
            }
        }

        return null;
    }

    private static string? ProblemOfTerms(BinaryCodedMatrix matrix)
    {
        var minusZero = matrix.Terms.Span.IndexOf((byte)0x80);
        return minusZero < 0 ? null : $"found term 0x80 at {minusZero}, expected 0 for an absent term";
    }

    /// <summary>Scales may be finite and the weights, their sums times 2^e, not.</summary>
    private static string? ProblemOfRange(BinaryCodedMatrix matrix)
    {
        for (var block = 0; block < matrix.RowBlocks; block++)
        {
            for (var group = 0; group < matrix.ColumnBlocks; group++)
            {
                var sum = 0f;
                for (var bit = 0; bit < matrix.Bits; bit++)
                {
                    sum += Math.Abs(matrix.Scale(block, group, bit));
                }

                if (!float.IsFinite(MathF.ScaleB(sum, matrix.ScaleExponent)))
                {
                    return $"found weights beyond the range of float in row {block * matrix.BlockRows}: scales that add up to {sum}, times "
                        + $"2^{matrix.ScaleExponent}";
                }
            }
        }

        return null;
    }

    /// <summary>The first row that the scale of an index serves.</summary>
    private static int Row(BinaryCodedMatrix matrix, int scale) => scale / matrix.Bits / matrix.ColumnBlocks * matrix.BlockRows;
}
