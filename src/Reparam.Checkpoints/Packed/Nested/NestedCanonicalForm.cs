using System.Globalization;

namespace Reparam.Checkpoints.Packed;

/// <summary>The rules on values of a stored matrix in nested profiles.</summary>
internal static class NestedCanonicalForm
{
    /// <summary>What breaks the canonical form, or null.</summary>
    public static string? Problem(NestedMatrix matrix) =>
        ProblemOfTable(matrix.Table) ?? ProblemOfCodes(matrix) ?? ProblemOfProfiles(matrix) ?? ProblemOfScales(matrix);

    private static string? ProblemOfTable(ProfileTable table)
    {
        for (var index = 0; index < table.Count; index++)
        {
            var profile = table.Profile(index);
            for (var bit = 0; bit < table.Bits; bit++)
            {
                if (profile[bit] < 0)
                {
                    return $"found amplitude {profile[bit]} in profile {index} of the table, expected 0 to 127";
                }

                if (bit > 0 && profile[bit] > profile[bit - 1])
                {
                    return $"found amplitude {profile[bit]} behind {profile[bit - 1]} in profile {index} of the table, expected them in descending order";
                }
            }

            if (profile[^1] == sbyte.MinValue)
            {
                return $"found offset -128 in profile {index} of the table, expected -127 to 127";
            }
        }

        return null;
    }

    private static string? ProblemOfCodes(NestedMatrix matrix)
    {
        var used = matrix.Columns % 8;
        if (used == 0)
        {
            return null;
        }

        var codes = matrix.Codes.Span;
        for (var i = matrix.BytesPerRow - 1; i < codes.Length; i += matrix.BytesPerRow)
        {
            if (codes[i] >> used != 0)
            {
                return $"found sign bits behind column {matrix.Columns - 1} in row {i / matrix.BytesPerRow % matrix.Rows}, expected zeros";
            }
        }

        return null;
    }

    private static string? ProblemOfProfiles(NestedMatrix matrix)
    {
        var used = (int)((long)matrix.Rows * matrix.Groups * matrix.Table.IndexBits % 8);
        return used != 0 && matrix.Profiles.Span[^1] >> used != 0 ? "found bits behind the index of the last profile, expected zeros" : null;
    }

    /// <summary>A super-scale may be finite and its weights not, so it is held against the largest integer that the table can give.</summary>
    private static string? ProblemOfScales(NestedMatrix matrix)
    {
        var largest = 0;
        for (var index = 0; index < matrix.Table.Count; index++)
        {
            var profile = matrix.Table.Profile(index);
            var sum = Math.Abs((int)profile[^1]);
            foreach (var amplitude in profile[..^1])
            {
                sum += amplitude;
            }

            largest = Math.Max(largest, sum);
        }

        var scales = matrix.SuperScales.Span;
        for (var i = 0; i < scales.Length; i++)
        {
            var row = i / matrix.SuperBlocks * matrix.SuperRows;
            if (!Half.IsFinite(scales[i]) || Half.IsNegative(scales[i]))
            {
                return FormattableString.Invariant($"found super-scale {scales[i]} in row {row}, expected a finite number from 0 up");
            }

            if (!float.IsFinite(MathF.ScaleB((float)scales[i] * matrix.Table.Step * largest, matrix.ScaleExponent)))
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"found weights beyond the range of float in row {row}: super-scale {scales[i]} times step {matrix.Table.Step} times {largest}, "
                    + $"times 2^{matrix.ScaleExponent}");
            }
        }

        return null;
    }
}
