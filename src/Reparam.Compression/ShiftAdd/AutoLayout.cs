using System.Collections.Immutable;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Calibration;
using Reparam.Compression.Reports;
using Reparam.Compression.ShiftAdd.Nested;

namespace Reparam.Compression.ShiftAdd;

/// <summary>
/// The layout <see cref="ShiftAddLayout.Auto"/>: every layout that takes at most a twentieth more space than the row layout at the same options is tried, and
/// the one with the lowest measured output error, or weight error without calibration, is kept. A table counts in full where it is not shared. The codebook
/// layout is tried at the best quality only.
/// </summary>
internal static class AutoLayout
{
    // Stored bytes over that of the row layout.
    private const double Allowance = 1.05;

    /// <summary>Codes a matrix; <see cref="ShiftAddCoder.Encode"/> has the parameters.</summary>
    public static CodedLayer Encode(
        ReadOnlyMemory<float> weights, int rows, int columns, ShiftAddAttribute options, LayerCalibration? calibration, SharedTables? tables,
        string tensor, int threads, CancellationToken cancellation)
    {
        CodedLayer Code(ShiftAddLayout layout) =>
            ShiftAddCoder.EncodeIn(layout, weights, rows, columns, options, calibration, tensor, threads, cancellation, tables);

        var best = Code(ShiftAddLayout.Row);
        var limit = Allowance * best.Matrix.StoredBytes;
        var tried = ImmutableArray.CreateBuilder<CodingTrial>();
        tried.Add(Trial(best, best.Matrix.StoredBytes));
        foreach (var layout in Layouts(options))
        {
            if (layout <= ShiftAddLayout.Block8 && BinaryBytes(rows, columns, options, layout) > limit)
            {
                continue;
            }

            var coded = Code(layout);
            var shared = layout == ShiftAddLayout.Nested && tables is not null && SharedTables.AreFor(rows, columns, options.Bits);
            var bytes = coded.Matrix.StoredBytes + (shared ? 0 : coded.Matrix.TableBytes);
            tried.Add(Trial(coded, bytes));
            if (bytes <= limit && Error(coded) < Error(best))
            {
                best = coded;
            }
        }

        return best with { Tried = tried.ToImmutable() };
    }

    private static CodingTrial Trial(CodedLayer coded, long bytes) =>
        new(coded.Matrix.Format.Name, bytes, LayerReport.Relative(Error(coded), coded.SquaredOutputNorm ?? coded.SquaredNorm));

    private static IEnumerable<ShiftAddLayout> Layouts(ShiftAddAttribute options)
    {
        yield return ShiftAddLayout.Column;
        if (options.GroupSize % 8 == 0)
        {
            yield return ShiftAddLayout.Block8;
        }

        yield return ShiftAddLayout.Nested;
        if (options.Quality == CodingQuality.Best)
        {
            yield return ShiftAddLayout.Codebook;
        }
    }

    private static double Error(CodedLayer coded) => coded.SquaredOutputError ?? coded.SquaredError;

    /// <summary>Bytes of codes and scales in one of the layouts with scales of their own, known before coding.</summary>
    internal static double BinaryBytes(int rows, int columns, ShiftAddAttribute options, ShiftAddLayout layout)
    {
        var blocks = Binary.ScaleBlocks.Of(rows, columns, layout.Binary(), options.GroupSize);
        var sets = (double)((rows + blocks.BlockRows - 1) / blocks.BlockRows) * blocks.Count;
        var words = (double)rows * ((columns + 31) / 32);
        return options.Bits * (words * sizeof(uint) + sets * (options.ScaleTerms == 0 ? 2 : options.ScaleTerms));
    }
}
