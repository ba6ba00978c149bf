using Reparam.Checkpoints.Packed;
using Reparam.Compression.Calibration;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Numerics;
using Reparam.Compression.SecondOrder;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>
/// Codes in the layouts row, column and block8 so that the layer's output error is small, or, without second moments, its weight error: error compensation
/// (GPTQ, Frantar et al., arXiv 2210.17323; block by block with shared scales as in ShiftAddLLM, arXiv 2406.05981), with scales fitted to compensated weights,
/// then refit and coordinate descent under H. docs/engineering/shiftadd.md has the steps.
/// </summary>
/// <remarks>
/// The result depends on the weights, the options and the second moments alone: not on the number of threads, nor on the width of the machine's vectors.
/// </remarks>
internal static class BlockCoder
{
    /// <summary>Codes a matrix; <see cref="ShiftAddCoder.Encode"/> has the parameters.</summary>
    public static CodedLayer Encode(
        ShiftAddLayout layout, ReadOnlyMemory<float> weights, int rows, int columns, ShiftAddAttribute options, LayerCalibration? calibration,
        string tensor, int threads, CancellationToken cancellation)
    {
        var target = calibration?.Target ?? weights;
        LayerCalibration.RequireFit(calibration, weights, rows, columns);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        var hessian = calibration is null ? null : LayerHessian.Of(calibration.Gram);
        var plain = layout == ShiftAddLayout.Row || hessian is null || hessian.IsUnit
            ? EncodePlain(layout, target, rows, columns, options, tensor, threads, cancellation)
            : null;
        if (calibration is null)
        {
            return plain!;
        }

        CompressionProblem? warning = null;
        if (hessian is null)
        {
            warning = CompressionDiagnostics.UnusableCalibration.With(tensor, "its inputs were zero throughout");
        }
        else if (!hessian.IsUnit)
        {
            var job = Job(layout, target.Span, rows, columns, options, tensor);
            if (TryPrepare(job, hessian, calibration.Gram, threads, cancellation) is { } prepared)
            {
                var coded = Run(prepared, target, (BinaryCodedMatrix?)plain?.Matrix, hessian, threads, cancellation);
                return calibration.Target is null ? coded : coded.AgainstOwnWeights(weights.Span);
            }

            warning = CompressionDiagnostics.UnusableCalibration.With(
                tensor, "the matrix of its second moments cannot be factored, not even with its whole mean diagonal added");
            plain ??= EncodePlain(layout, target, rows, columns, options, tensor, threads, cancellation);
        }

        var (error, norm) = QuadraticForm.OfErrorAndNorm(target.Span, plain!.Matrix.Decode(), calibration.Gram, cancellation);
        plain = calibration.Target is null ? plain : plain.AgainstOwnWeights(weights.Span);
        return plain with { SquaredOutputError = error, SquaredOutputNorm = norm, Warning = warning };
    }

    private static CodedLayer EncodePlain(
        ShiftAddLayout layout, ReadOnlyMemory<float> weights, int rows, int columns, ShiftAddAttribute options, string tensor, int threads,
        CancellationToken cancellation)
    {
        if (layout == ShiftAddLayout.Row)
        {
            var encoded = BinaryCoder.Encode(weights, rows, columns, options, tensor, threads, cancellation);
            return new CodedLayer(encoded.Matrix, encoded.SquaredError, encoded.SquaredNorm);
        }

        return Run(Job(layout, weights.Span, rows, columns, options, tensor), weights, null, null, threads, cancellation);
    }

    private static BlockJob Job(ShiftAddLayout layout, ReadOnlySpan<float> weights, int rows, int columns, ShiftAddAttribute options, string tensor)
    {
        var normalization = Normalization.Of(weights, tensor);
        return new BlockJob
        {
            Blocks = ScaleBlocks.Of(rows, columns, layout.Binary(), options.GroupSize),
            Layout = layout,
            Options = options,
            Grid = new ScaleGrid(options.ScaleTerms, options.Bits, normalization.LargestLevel),
            Normalization = normalization,
            ColumnAt = ActOrder.Natural(columns),
            Effort = CodingEffort.Of(options),
        };
    }

    // Null when no damping makes the matrix positive definite.
    private static BlockJob? TryPrepare(BlockJob job, LayerHessian hessian, Gram gram, int threads, CancellationToken cancellation)
    {
        var blocks = job.Blocks;
        var columnAt = job.Options.ActOrder ? ActOrder.Columns(gram, blocks.BlockColumns) : job.ColumnAt;
        var blockOrder = job.Options.ActOrder ? ActOrder.Blocks(gram, blocks.BlockColumns) : ActOrder.Natural(blocks.Count);
        var places = new List<int>(blocks.Columns);
        foreach (var block in blockOrder)
        {
            places.AddRange(Enumerable.Range(blocks.Begin(block), blocks.Width(block)));
        }

        var order = places.ToArray();
        if (DampedFactor.TryCreate(hessian, columnAt, order, threads, cancellation) is not { Compensation: var compensation } factor)
        {
            return null;
        }

        var costs = new float[blockOrder.Length][];
        for (int i = 0, begin = 0; i < costs.Length; begin += blocks.Width(blockOrder[i]), i++)
        {
            cancellation.ThrowIfCancellationRequested();
            costs[i] = blocks.Count == 1 ? factor.Hessian : compensation.CostBlock(begin, blocks.Width(blockOrder[i]));
        }

        return job with
        {
            ColumnAt = columnAt,
            Hessian = factor.Hessian,
            Damping = factor.Share == LayerHessian.DampingShares[0] ? hessian.Damping(factor.Share) : 0,
            Compensation = job.Options.Compensate ? compensation : null,
            FitWeights = [.. (blocks.BlockColumns == 1 ? job.Effort.FitQuarters.Take(1) : job.Effort.FitQuarters).Select(compensation.PowerOfPivots)],
            BlockOrder = blockOrder,
            CostBlocks = costs,
        };
    }

    private static CodedLayer Run(
        BlockJob job, ReadOnlyMemory<float> weights, BinaryCodedMatrix? plain, LayerHessian? hessian, int threads, CancellationToken cancellation)
    {
        var tileRows = RowTile.RowsOf(job.Blocks);
        var tiles = (job.Blocks.Rows + tileRows - 1) / tileRows;
        var writer = new RowTileWriter(job);
        var results = new TileResult[tiles];
        RowTileCoder CodeTile(int tile, RowTileCoder coder)
        {
            cancellation.ThrowIfCancellationRequested();
            coder.Tile.Load(weights.Span, tile, job.Normalization, job.ColumnAt);
            coder.Code(plain, cancellation);
            writer.Write(coder.Tile, coder.Choice);
            results[tile] = new TileResult(
                coder.Choice.WeightError, coder.Tile.SquaredNorm(), coder.Choice.Error, job.Hessian is null ? 0 : coder.SquaredOutputNorm());
            return coder;
        }

        if (threads == 1 || tiles == 1)
        {
            using var coder = new RowTileCoder(job);
            for (var tile = 0; tile < tiles; tile++)
            {
                CodeTile(tile, coder);
            }
        }
        else
        {
            Parallel.For(
                0, tiles, new ParallelOptions { MaxDegreeOfParallelism = threads == 0 ? -1 : threads, CancellationToken = cancellation },
                () => new RowTileCoder(job), (tile, _, coder) => CodeTile(tile, coder), static coder => coder.Dispose());
        }

        var squared = 2 * job.Normalization.ScaleExponent;
        var coded = new CodedLayer(
            writer.Matrix(), Math.ScaleB(results.Sum(result => result.WeightError), squared), Math.ScaleB(results.Sum(result => result.WeightNorm), squared));
        return hessian is null ? coded : coded with
        {
            SquaredOutputError = Math.ScaleB(results.Sum(result => result.OutputError), squared + hessian.Exponent),
            SquaredOutputNorm = Math.ScaleB(results.Sum(result => result.OutputNorm), squared + hessian.Exponent),
        };
    }

    private readonly record struct TileResult(double WeightError, double WeightNorm, double OutputError, double OutputNorm);
}
