namespace Reparam.Checkpoints.Packed;

/// <summary>The rules on values of a stored matrix on uniform grids.</summary>
internal static class UniformCanonicalForm
{
    /// <summary>What breaks the canonical form, or null.</summary>
    public static string? Problem(UniformMatrix matrix) => ProblemOfGrids(matrix) ?? ProblemOfCodes(matrix);

    /// <summary>The same without a look at the integers.</summary>
    public static string? ProblemOfGrids(UniformMatrix matrix) => ProblemOfScales(matrix) ?? ProblemOfZeroPoints(matrix) ?? ProblemOfInputs(matrix.Inputs);

    // A scale may be finite and its weights not, so it is held against the largest integer that the grid can give.
    private static string? ProblemOfScales(UniformMatrix matrix)
    {
        var scales = matrix.Scales.Span;
        var zeros = new byte[matrix.Groups];
        var last = (1 << matrix.Bits) - 1;
        for (var row = 0; row < matrix.Rows; row++)
        {
            matrix.UnpackZeroPoints(row, zeros);
            for (var group = 0; group < matrix.Groups; group++)
            {
                var stored = scales[row * matrix.Groups + group];
                if (!Half.IsFinite(stored) || Half.IsNegative(stored))
                {
                    return FormattableString.Invariant($"found scale {stored} in row {row}, group {group}, expected a finite number from 0 up");
                }

                var largest = Math.Max(zeros[group], last - zeros[group]);
                if (!float.IsFinite(matrix.Scale(row, group) * largest))
                {
                    return $"found weights beyond the range of float in row {row}, group {group}: " +
                        FormattableString.Invariant($"scale {stored} times {largest}, times 2^{matrix.Exponents.Span[row]}");
                }
            }
        }

        return null;
    }

    private static string? ProblemOfZeroPoints(UniformMatrix matrix) =>
        !matrix.IsSymmetric && RowWithBitsBehind(matrix.ZeroPoints.Span, matrix.ZeroBytesPerRow, matrix.Groups, matrix.Bits) is { } row
            ? $"found bits behind the last zero point of row {row}, expected zeros"
            : null;

    private static string? ProblemOfInputs(UniformInputs? inputs)
    {
        for (var channel = 0; channel < inputs?.Channels; channel++)
        {
            if (inputs.Scales.Span[channel] is var scale && !(float.IsFinite(scale) && scale > 0))
            {
                return FormattableString.Invariant($"found scale {scale} of input channel {channel}, expected a finite number above 0");
            }

            if (inputs.ZeroPoints.Span[channel] is var zero && zero >> inputs.Bits != 0)
            {
                return FormattableString.Invariant($"found zero point {zero} of input channel {channel}, expected 0 to {(1 << inputs.Bits) - 1}");
            }
        }

        return null;
    }

    // Under a scale of 0 an integer says nothing: it is the zero point.
    private static string? ProblemOfCodes(UniformMatrix matrix)
    {
        if (RowWithBitsBehind(matrix.Codes.Span, matrix.BytesPerRow, matrix.Columns, matrix.Bits) is { } odd)
        {
            return $"found bits behind column {matrix.Columns - 1} in row {odd}, expected zeros";
        }

        byte[]? codes = null;
        for (var row = 0; row < matrix.Rows; row++)
        {
            var isUnpacked = false;
            for (var group = 0; group < matrix.Groups; group++)
            {
                if (matrix.Scale(row, group) != 0)
                {
                    continue;
                }

                codes ??= new byte[matrix.Columns];
                if (!isUnpacked)
                {
                    matrix.UnpackCodes(row, codes);
                    isUnpacked = true;
                }

                var begin = group * matrix.GroupColumns;
                var zero = matrix.ZeroPoint(row, group);
                var other = codes.AsSpan(begin, Math.Min(matrix.GroupColumns, matrix.Columns - begin)).IndexOfAnyExcept((byte)zero);
                if (other >= 0)
                {
                    return $"found integer {codes[begin + other]} in row {row}, column {begin + other} under the scale 0, expected the zero point {zero}";
                }
            }
        }

        return null;
    }

    private static int? RowWithBitsBehind(ReadOnlySpan<byte> bytes, int bytesPerRow, int count, int bits)
    {
        var used = (int)((long)count * bits % 8);
        if (used == 0)
        {
            return null;
        }

        for (var i = bytesPerRow - 1; i < bytes.Length; i += bytesPerRow)
        {
            if (bytes[i] >> used != 0)
            {
                return i / bytesPerRow;
            }
        }

        return null;
    }
}
