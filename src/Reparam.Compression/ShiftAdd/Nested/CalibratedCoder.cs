using Reparam.Checkpoints.Packed;
using Reparam.Compression.Simd;

namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>
/// Coding in nested profiles by the error of the layer's outputs. The rows of a matrix are independent of each other under H once table and super-scales are
/// there, so they go side by side.
/// </summary>
/// <param name="source">The weights to code.</param>
/// <param name="order">What they are coded under.</param>
/// <param name="options">Sweeps, compensation and quality.</param>
/// <param name="parallel">Threads and cancellation.</param>
internal sealed unsafe class CalibratedCoder<TPlanes>(NestedSource source, CalibratedOrder order, ShiftAddAttribute options, ParallelOptions parallel)
    where TPlanes : struct, IPlanes
{
    private const int RowsOfTile = 32;
    private const int Entries = PlanesMatrix.MaxBits + 1;

    private readonly NestedShape shape = source.Shape;
    private readonly NestedEffort effort = NestedEffort.Of(options.Quality);

    /// <summary>Codes the matrix and measures it against another coding of it; the better one by output error is returned.</summary>
    /// <param name="table">The table to use.</param>
    /// <param name="other">The other coding.</param>
    public CodedLayer Encode(ProfileTable table, CodedLayer other)
    {
        var levels = new NestedLevels(table, source.Normalization);
        var job = new CalibratedJob<TPlanes>(order, levels, effort, options);
        var scales = SuperScales(levels);
        var codes = new NestedCodes(shape, table);
        for (var block = 0; block < scales.Length; block++)
        {
            codes.SetScale(block, scales[block]);
        }

        var hessian = order.Moments.Damped(0, order.ColumnAt);
        var tiles = (shape.Rows - 1) / RowsOfTile + 1;
        var (errors, otherErrors, norms, squares) = (new double[tiles], new double[tiles], new double[tiles], new double[tiles]);
        Parallel.For(0, tiles, parallel, () => new NestedRowTile(shape.Columns, shape.Groups, RowsOfTile), (s, _, tile) =>
        {
            var firstRow = s * RowsOfTile;
            Load(tile, scales, levels.Step, firstRow);
            job.Encode(tile, parallel.CancellationToken);
            Write(tile, codes, levels, firstRow);
            squares[s] = tile.SquaredDistance();
            fixed (float* h = hessian)
            {
                tile.FormGradient(h);
                errors[s] = tile.Product();
                LoadValues(tile, other.Matrix, firstRow);
                tile.FormGradient(h);
                otherErrors[s] = tile.Product();
                tile.FormGradient(h, ofWeights: true);
                norms[s] = tile.Product(ofWeights: true);
            }

            return tile;
        }, static tile => tile.Dispose());

        var exponent = 2 * source.Normalization.ScaleExponent;
        var best = errors.Sum() <= otherErrors.Sum()
            ? new CodedLayer(codes.Matrix(source.Normalization.ScaleExponent), Math.ScaleB(squares.Sum(), exponent), other.SquaredNorm)
            : other;
        return best with
        {
            SquaredOutputError = Math.ScaleB(Math.Min(errors.Sum(), otherErrors.Sum()), exponent + order.Moments.Exponent),
            SquaredOutputNorm = Math.ScaleB(norms.Sum(), exponent + order.Moments.Exponent),
        };
    }

    private float[] SuperScales(NestedLevels levels)
    {
        var scales = new float[shape.Bands * shape.BlocksOfBand];
        Parallel.For(
            0, shape.Bands, parallel, () => new GroupBlocks<Lanes512>(shape.BlocksOfBand, shape.SuperRows * shape.Groups), (band, _, workspace) =>
            {
                workspace.Clear();
                for (var block = 0; block < shape.BlocksOfBand; block++)
                {
                    workspace.Add(source.Weights.Span, shape, band * shape.BlocksOfBand + block, source.Normalization, source.ColumnImportances.Span);
                }

                fixed (float* table = levels.Units)
                {
                    workspace.Fit<TPlanes>(table, levels.Profiles, levels.Step, levels.LargestScale, effort.ScaleTrials);
                }

                workspace.Scales.CopyTo(scales.AsSpan(band * shape.BlocksOfBand));
                return workspace;
            },
            static workspace => workspace.Dispose());
        return scales;
    }

    private void Load(NestedRowTile tile, float[] scales, float step, int firstRow)
    {
        for (var lane = 0; lane < tile.Lanes; lane++)
        {
            var row = firstRow + lane;
            var there = row < shape.Rows;
            for (var place = 0; place < shape.Columns; place++)
            {
                tile.Weights[place * tile.Lanes + lane] = there
                    ? source.Normalization.Apply(source.Weights.Span[row * shape.Columns + order.ColumnAt[place]])
                    : 0;
            }

            for (var place = 0; place < shape.Groups; place++)
            {
                var unit = there ? scales[row / shape.SuperRows * shape.BlocksOfBand + order.Groups[place] * GroupTile.Size / shape.SuperColumns] * step : 0;
                tile.Units[place * tile.Lanes + lane] = unit;
                tile.Inverses[place * tile.Lanes + lane] = unit > 0 ? 1 / unit : 0;
            }
        }
    }

    private void LoadValues(NestedRowTile tile, CodedMatrix matrix, int firstRow)
    {
        var decoded = new float[shape.Columns];
        for (var lane = 0; lane < Math.Min(tile.Lanes, shape.Rows - firstRow); lane++)
        {
            matrix.DecodeRow(firstRow + lane, decoded);
            for (var place = 0; place < shape.Columns; place++)
            {
                tile.Values[place * tile.Lanes + lane] = source.Normalization.Apply(decoded[order.ColumnAt[place]]);
            }
        }
    }

    private void Write(NestedRowTile tile, NestedCodes codes, NestedLevels levels, int firstRow)
    {
        var begin = 0;
        Span<int> words = stackalloc int[Entries];
        foreach (var (place, group) in order.Groups.Index())
        {
            var first = group * GroupTile.Size;
            var width = Math.Min(GroupTile.Size, shape.Columns - first);
            for (var lane = 0; lane < Math.Min(tile.Lanes, shape.Rows - firstRow); lane++)
            {
                var index = (int)tile.Profiles[place * tile.Lanes + lane];
                var profile = levels.Units.AsSpan(index * (TPlanes.Count + 1), TPlanes.Count + 1);
                words.Clear();
                for (var k = begin; k < begin + width; k++)
                {
                    var rest = tile.Levels[k * tile.Lanes + lane] - profile[TPlanes.Count];
                    for (var plane = 0; plane < TPlanes.Count; plane++)
                    {
                        words[plane] |= rest >= 0 ? 1 << (order.ColumnAt[k] - first) : 0;
                        rest += rest >= 0 ? -profile[plane] : profile[plane];
                    }
                }

                codes.SetProfile(firstRow + lane, first, index);
                for (var plane = 0; plane < TPlanes.Count; plane++)
                {
                    codes.SetSigns(plane, firstRow + lane, first, words[plane]);
                }
            }

            begin += width;
        }
    }
}
