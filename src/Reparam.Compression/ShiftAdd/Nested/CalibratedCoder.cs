using Reparam.Checkpoints.Packed;
using Reparam.Compression.Simd;

namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>
/// Coding in nested profiles by the error of the layer's outputs. The rows of a matrix are independent of each other under H once table and super-scales are there, so they go side by side.
/// </summary>
/// <param name="source">The weights to code.</param>
/// <param name="order">What they are coded under.</param>
/// <param name="options">Sweeps, compensation and quality.</param>
/// <param name="parallel">Threads and cancellation.</param>
internal sealed unsafe class CalibratedCoder<TPlanes>(NestedSource source, CalibratedOrder order, ShiftAddOptions options, ParallelOptions parallel)
    where TPlanes : struct, IPlanes
{
    private const int RowsOfSlab = 32;
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
        var slabs = (shape.Rows - 1) / RowsOfSlab + 1;
        var (errors, otherErrors, norms, squares) = (new double[slabs], new double[slabs], new double[slabs], new double[slabs]);
        Parallel.For(0, slabs, parallel, () => new NestedSlab(shape.Columns, shape.Groups, RowsOfSlab), (s, _, slab) =>
        {
            var firstRow = s * RowsOfSlab;
            Load(slab, scales, levels.Step, firstRow);
            job.Encode(slab, parallel.CancellationToken);
            Write(slab, codes, levels, firstRow);
            squares[s] = slab.SquaredDistance();
            fixed (float* h = hessian)
            {
                slab.FormGradient(h);
                errors[s] = slab.Product();
                LoadValues(slab, other.Matrix, firstRow);
                slab.FormGradient(h);
                otherErrors[s] = slab.Product();
                slab.FormGradient(h, ofWeights: true);
                norms[s] = slab.Product(ofWeights: true);
            }

            return slab;
        }, static slab => slab.Dispose());

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
            0, shape.Bands, parallel, () => new GroupBlocks<Lanes512>(shape.BlocksOfBand, shape.SuperRows * shape.Groups), (band, _, room) =>
            {
                room.Clear();
                for (var block = 0; block < shape.BlocksOfBand; block++)
                {
                    room.Add(source.Weights.Span, shape, band * shape.BlocksOfBand + block, source.Normalization, source.ColumnImportances.Span);
                }

                fixed (float* table = levels.Units)
                {
                    room.Fit<TPlanes>(table, levels.Profiles, levels.Step, levels.LargestScale, effort.ScaleTrials);
                }

                room.Scales.CopyTo(scales.AsSpan(band * shape.BlocksOfBand));
                return room;
            },
            static room => room.Dispose());
        return scales;
    }

    private void Load(NestedSlab slab, float[] scales, float step, int firstRow)
    {
        for (var lane = 0; lane < slab.Lanes; lane++)
        {
            var row = firstRow + lane;
            var there = row < shape.Rows;
            for (var place = 0; place < shape.Columns; place++)
            {
                slab.Weights[place * slab.Lanes + lane] = there ? source.Normalization.Apply(source.Weights.Span[row * shape.Columns + order.ColumnAt[place]]) : 0;
            }

            for (var place = 0; place < shape.Groups; place++)
            {
                var unit = there ? scales[row / shape.SuperRows * shape.BlocksOfBand + order.Groups[place] * GroupTile.Size / shape.SuperColumns] * step : 0;
                slab.Units[place * slab.Lanes + lane] = unit;
                slab.Inverses[place * slab.Lanes + lane] = unit > 0 ? 1 / unit : 0;
            }
        }
    }

    private void LoadValues(NestedSlab slab, CodedMatrix matrix, int firstRow)
    {
        var decoded = new float[shape.Columns];
        for (var lane = 0; lane < Math.Min(slab.Lanes, shape.Rows - firstRow); lane++)
        {
            matrix.DecodeRow(firstRow + lane, decoded);
            for (var place = 0; place < shape.Columns; place++)
            {
                slab.Values[place * slab.Lanes + lane] = source.Normalization.Apply(decoded[order.ColumnAt[place]]);
            }
        }
    }

    private void Write(NestedSlab slab, NestedCodes codes, NestedLevels levels, int firstRow)
    {
        var begin = 0;
        Span<int> words = stackalloc int[Entries];
        foreach (var (place, group) in order.Groups.Index())
        {
            var first = group * GroupTile.Size;
            var width = Math.Min(GroupTile.Size, shape.Columns - first);
            for (var lane = 0; lane < Math.Min(slab.Lanes, shape.Rows - firstRow); lane++)
            {
                var index = (int)slab.Profiles[place * slab.Lanes + lane];
                var profile = levels.Units.AsSpan(index * (TPlanes.Count + 1), TPlanes.Count + 1);
                words.Clear();
                for (var k = begin; k < begin + width; k++)
                {
                    var rest = slab.Levels[k * slab.Lanes + lane] - profile[TPlanes.Count];
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
