namespace Reparam.Checkpoints.Packed;

/// <summary>The rules on values of a stored matrix in overlapped codebooks.</summary>
internal static class CodebookCanonicalForm
{
    /// <summary>What breaks the canonical form, or null.</summary>
    public static string? Problem(CodebookMatrix matrix) => ProblemOfTable(matrix.Set) ?? ProblemOfIndices(matrix) ?? ProblemOfScales(matrix);

    private static string? ProblemOfTable(CodebookSet set)
    {
        var place = set.Entries.Span.IndexOf(sbyte.MinValue);
        return place >= 0 ? $"found -128 at place {place} of the table, expected -127 to 127" : null;
    }

    private static string? ProblemOfIndices(CodebookMatrix matrix)
    {
        for (var stage = 0; stage < matrix.Set.Stages.Count; stage++)
        {
            if (matrix.Set.Stages[stage].Positions(matrix.Columns) % 2 == 0)
            {
                continue;
            }

            var indices = matrix.StageIndices(stage);
            var bytes = matrix.Set.Stages[stage].BytesPerRow(matrix.Columns);
            for (var i = bytes - 1; i < indices.Length; i += bytes)
            {
                if (indices[i] >> 4 != 0)
                {
                    return $"found an index behind the last one in row {i / bytes} of stage {stage}, expected zeros";
                }
            }
        }

        return null;
    }

    private static string? ProblemOfScales(CodebookMatrix matrix)
    {
        // Where the sum of the largest entries is in range, every weight is.
        var most = sbyte.MaxValue * matrix.Set.Stages.Sum(static stage => stage.Span / stage.Stride);
        var scales = matrix.SuperScales.Span;
        for (var i = 0; i < scales.Length; i++)
        {
            var row = i / matrix.SuperBlocks * matrix.SuperRows;
            if (!Half.IsFinite(scales[i]) || Half.IsNegative(scales[i]))
            {
                return FormattableString.Invariant($"found super-scale {scales[i]} in row {row}, expected a finite number from 0 up");
            }

            if (!float.IsFinite(MathF.ScaleB((float)scales[i] * matrix.Set.Step * most, matrix.ScaleExponent)) && ProblemOfRows(matrix, row) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static string? ProblemOfRows(CodebookMatrix matrix, int first)
    {
        var weights = new float[matrix.Columns];
        var end = Math.Min(matrix.Rows, first + (long)matrix.SuperRows);
        for (var row = first; row < end; row++)
        {
            matrix.DecodeRow(row, weights);
            if (Array.FindIndex(weights, static weight => !float.IsFinite(weight)) is >= 0 and var column)
            {
                return $"found a weight beyond the range of float in row {row} at column {column}";
            }
        }

        return null;
    }
}
