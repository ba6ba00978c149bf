using System.Globalization;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Calibration;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.ShiftAdd.Nested;

namespace Reparam.Compression.ShiftAdd;

/// <summary>
/// Sees to it that a weight far out costs neither itself nor its neighbours without a word. Tables and super-scales are shared by many weights and fit the
/// many; where a matrix with an <see cref="Outliers">outlier</see> loses more by them than <see cref="OutlierDamage"/> allows, it is coded in another layout of
/// about the same size, and a note says so. Where none helps, or the layout asked for has scales of its own in each group (row, column, block8), RPB0110 tells
/// what is lost.
/// </summary>
internal static class OutlierGuard
{
    // Stored bytes of the other layout over that of the one asked for, and over that of the row layout.
    private const double Allowance = 1.1;

    // Another layout must undo at least a quarter of the damage.
    private const double Improvement = 0.75;

    /// <summary>Checks a coding.</summary>
    /// <param name="coded">The coding as asked.</param>
    /// <param name="weights">[rows, columns] that were coded.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Columns.</param>
    /// <param name="options">How they were coded.</param>
    /// <param name="tensor">Name of the weight, for messages.</param>
    /// <param name="code">Codes them in another layout.</param>
    /// <returns>The same, or the coding in another layout, with a note or a warning.</returns>
    public static CodedLayer Check(
        CodedLayer coded, ReadOnlyMemory<float> weights, int rows, int columns, ShiftAddAttribute options, string tensor, Func<ShiftAddLayout, CodedLayer> code)
    {
        if (Outliers.Of(weights, rows, columns) is not { } outliers || outliers.Measure(coded.Matrix) is not { IsSmall: false } damage)
        {
            return coded;
        }

        var (best, left) = (coded, damage);
        if (coded.Matrix is NestedMatrix or CodebookMatrix)
        {
            foreach (var layout in Others(coded.Matrix, options, rows, columns))
            {
                var other = code(layout);
                var found = outliers.Measure(other.Matrix, damage.Usual);
                var isBetter = found.IsSmall ? !left.IsSmall || Error(other) < Error(best) : !left.IsSmall && found.Score < left.Score;
                if (isBetter && found.Score <= Improvement * damage.Score)
                {
                    (best, left) = (other, found);
                }
            }
        }

        var place = damage.Lost / OutlierDamage.LargestLoss >= damage.Factor / OutlierDamage.LargestFactor ? damage.LostPlace : damage.Cause;
        var (row, column, deviations) = outliers.Describe(place);
        var text = string.Create(CultureInfo.InvariantCulture, $"the weight at [{row}, {column}] is {deviations:0} standard deviations out");
        var asked = Name(coded);
        var change = ReferenceEquals(best, coded) ? "" : $"; it is coded in the layout {Name(best)}, because in the layout {asked} {Describe(damage)}";
        return left.IsSmall
            ? best with { Note = $"tensor '{tensor}': {text}{change}" }
            : best with { Warning = best.Warning ?? CompressionDiagnostics.Outlier.With(tensor, text + change, Name(best), options.Bits, Describe(left)) };
    }

    private static IEnumerable<ShiftAddLayout> Others(CodedMatrix matrix, ShiftAddAttribute options, int rows, int columns)
    {
        if (matrix is CodebookMatrix)
        {
            yield return ShiftAddLayout.Nested;
        }

        var limit = Allowance * Math.Max(matrix.StoredBytes + matrix.TableBytes, AutoLayout.BinaryBytes(rows, columns, options, ShiftAddLayout.Row));
        foreach (var layout in (ShiftAddLayout[])[ShiftAddLayout.Row, ShiftAddLayout.Column, ShiftAddLayout.Block8])
        {
            if ((layout != ShiftAddLayout.Block8 || options.GroupSize % 8 == 0) && AutoLayout.BinaryBytes(rows, columns, options, layout) <= limit)
            {
                yield return layout;
            }
        }
    }

    private static string Name(CodedLayer coded) => coded.Matrix.Format.Name;

    private static double Error(CodedLayer coded) => coded.SquaredOutputError ?? coded.SquaredError;

    private static string Describe(OutlierDamage damage)
    {
        var parts = new List<string>();
        if (damage.Lost > OutlierDamage.LargestLoss)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"an outlier loses {damage.Lost:0%} of its value"));
        }

        if (damage.Factor > OutlierDamage.LargestFactor)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"row {damage.Row} beside it has {damage.Factor:0.0} times the error of other rows"));
        }

        return string.Join(" and ", parts);
    }
}
