using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.SecondOrder;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>Codes the rows of one row tile; docs/engineering/shiftadd.md, Coding under H.</summary>
internal sealed unsafe class RowTileCoder : IDisposable
{
    private const int SweepsBetweenFreshGradients = 8;

    private readonly BlockJob job;
    private readonly float[][] unitWeights;
    private readonly float[] unitCost;
    private readonly double[] rowErrors;
    private readonly double[] rowWeightErrors;

    /// <summary>Allocates the row tile and its best coding.</summary>
    public RowTileCoder(BlockJob job)
    {
        this.job = job;
        Tile = new RowTile(job.Blocks, job.Options.Bits);
        Choice = new RowTileChoice(Tile);
        rowErrors = new double[Tile.Lanes];
        rowWeightErrors = new double[Tile.Lanes];
        var width = job.Blocks.BlockColumns;
        unitWeights = [new float[width]];
        Array.Fill(unitWeights[0], 1f);
        unitCost = new float[width * width];
        for (var c = 0; c < width; c++)
        {
            unitCost[c * width + c] = 1;
        }
    }

    /// <summary>The rows.</summary>
    public RowTile Tile { get; }

    /// <summary>The best so far.</summary>
    public RowTileChoice Choice { get; }

    /// <summary>Codes the rows and leaves the best in <see cref="Choice"/>.</summary>
    /// <param name="plain">A coding by weight error alone to start from; null to make one.</param>
    /// <param name="cancellation">Ends the work.</param>
    public void Code(BinaryCodedMatrix? plain, CancellationToken cancellation)
    {
        Choice.Clear();
        if (job.Compensation is not null)
        {
            CodeCompensated(cancellation);
            Tile.FormGradient(job.Hessian!);
            Offer();
            Descend(cancellation);
        }

        if (plain is null)
        {
            CodeByWeight(cancellation);
        }
        else
        {
            Tile.LoadCodes(plain, job.ColumnAt);
        }

        if (job.Hessian is null)
        {
            Offer();
            return;
        }

        // Compensation nearly always helps. Where it does, the descent from here ends at a higher error.
        Tile.FormGradient(job.Hessian);
        if (Offer() || job.Options.Quality == CodingQuality.Best)
        {
            Descend(cancellation);
        }
    }

    /// <summary>Σ wᵀ·H·w of the rows; the gradient is lost.</summary>
    public double SquaredOutputNorm()
    {
        Tile.FormProducts(job.Hessian!);
        Measure(Tile.Weights, null);
        return rowErrors.AsSpan(0, Tile.Rows).ToArray().Sum();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Tile.Dispose();
        Choice.Dispose();
    }

    // Every block for itself.
    private void CodeByWeight(CancellationToken cancellation)
    {
        fixed (float* cost = unitCost)
        {
            for (var block = 0; block < Tile.Blocks.Count; block++)
            {
                cancellation.ThrowIfCancellationRequested();
                var offset = (nint)Tile.Blocks.Begin(block) * Tile.Lanes;
                CodeBlock(block, Tile.Weights + offset, unitWeights, 0, cost, Tile.Blocks.BlockColumns, null, 0);
            }
        }
    }

    // Block after block in the order of coding, each for targets that make up for the errors of those before it.
    private void CodeCompensated(CancellationToken cancellation)
    {
        var compensation = job.Compensation!;
        var columns = Tile.Blocks.Columns;
        nint lanes = Tile.Lanes;
        for (var place = 0; place < columns; place++)
        {
            var weights = new ReadOnlySpan<float>(Tile.Weights + compensation.Order[place] * lanes, Tile.Lanes);
            weights.CopyTo(new Span<float>(Tile.Targets + place * lanes, Tile.Lanes));
        }

        fixed (float* factor = compensation.Factor)
        {
            var begin = 0;
            for (var i = 0; i < job.BlockOrder.Length; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                var block = job.BlockOrder[i];
                var width = Tile.Blocks.Width(block);
                var offset = Tile.Blocks.Begin(block) * lanes;
                var targets = Tile.Targets + begin * lanes;
                var rows = factor + (nint)begin * columns + begin;
                Compensate(targets, Tile.Weights + offset, width, rows, columns);
                fixed (float* cost = job.CostBlocks[i])
                {
                    CodeBlock(block, targets, job.FitWeights, begin, cost, width, rows, columns);
                }

                Tile.Subtract(Tile.Weights + offset, Tile.Values + offset, width);
                for (var c = 0; c < width; c++)
                {
                    Tile.Chosen[c] = begin + c;
                }

                RankUpdate.Add(Tile.Targets, Tile.Lanes, begin + width, columns, factor, columns, Tile.Chosen, width, Tile.Delta);
                begin += width;
            }
        }
    }

    // What lies in the targets is w − Ůᵀδ over the blocks before. Errors of the block itself pass through its own part of Ů too, so what would cost nothing is
    // w − x with (I + Ůᵀ)·x = Ůᵀδ.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Compensate(float* targets, float* weights, int width, float* factor, int stride)
    {
        nint lanes = Tile.Lanes;
        for (nint lane = 0; lane < lanes; lane += RankUpdate.Lanes)
        {
            for (nint c = 0; c < width; c++)
            {
                var place = c * lanes + lane;
                var x = Vector512.Load(weights + place) - Vector512.Load(targets + place);
                var row = factor + c * stride;
                for (var j = c + 1; j < width; j++)
                {
                    var later = targets + j * lanes + lane;
                    Vector512.FusedMultiplyAdd(Vector512.Create(row[j]), x, Vector512.Load(later)).Store(later);
                }
            }
        }
    }

    // Scales and codes of a block for targets, when an error e of the block costs eᵀ·S·e: coded column by column and refitted several times, the best kept.
    private void CodeBlock(int block, float* targets, float[][] fitWeights, int firstWeight, float* cost, int stride, float* factor, int factorStride)
    {
        var width = Tile.Blocks.Width(block);
        var offset = (nint)Tile.Blocks.Begin(block) * Tile.Lanes;
        var scales = Tile.ScalesOf(block);
        var values = Tile.Values + offset;
        var codes = Tile.Codes + offset;
        var descent = new BlockDescent(Tile, scales, values, codes, cost, stride, width, job.Grid);
        var best = new BlockChoice(Tile, targets, scales, values, codes, width);
        best.Clear();
        foreach (var weights in fitWeights)
        {
            fixed (float* w = &weights[firstWeight])
            {
                var fit = new BlockFit(Tile, targets, w, width, job.Options.Rounds, job.Options.Quality);
                fit.Solve(scales);
                fit.Assign(scales, values, codes);
            }

            var passes = factor == null ? 1 : job.Effort.Passes;
            for (var pass = 0; pass < passes; pass++)
            {
                if (factor != null)
                {
                    CodeColumns(targets, scales, values, codes, width, factor, factorStride);
                }

                Tile.Subtract(values, targets, width);
                Tile.FormLocalGradient(cost, stride, width);
                descent.MoveScales(force: pass == 0);
                descent.Run(job.Effort.LocalRounds);
                if (!best.Keep())
                {
                    break;
                }
            }
        }

        best.Restore();
    }

    // Column after column, each compensated by the later ones of the block.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void CodeColumns(float* targets, float* scales, float* values, int* codes, int width, float* factor, int stride)
    {
        nint lanes = Tile.Lanes;
        var compensated = Tile.OldValues;
        new ReadOnlySpan<float>(targets, width * Tile.Lanes).CopyTo(new Span<float>(compensated, width * Tile.Lanes));
        for (nint lane = 0; lane < lanes; lane += RankUpdate.Lanes)
        {
            var levels = new BlockLevels(Tile.Levels, Tile.LevelCodes, scales + lane, lanes, Tile.Bits);
            for (nint c = 0; c < width; c++)
            {
                var place = c * lanes + lane;
                levels.Nearest(Vector512.Load(compensated + place), out var value, out var code);
                value.Store(values + place);
                code.Store(codes + place);
                var error = Vector512.Load(targets + place) - value;
                var row = factor + c * stride;
                for (var j = c + 1; j < width; j++)
                {
                    var later = compensated + j * lanes + lane;
                    Vector512.FusedMultiplyAdd(Vector512.Create(row[j]), error, Vector512.Load(later)).Store(later);
                }
            }
        }
    }

    // Block after block under H until nothing moves.
    private void Descend(CancellationToken cancellation)
    {
        var hessian = job.Hessian!;
        for (var sweep = 0; sweep < job.Effort.Sweeps; sweep++)
        {
            if (sweep % SweepsBetweenFreshGradients == SweepsBetweenFreshGradients - 1)
            {
                Tile.FormGradient(hessian);
            }

            var moved = false;
            for (var block = 0; block < Tile.Blocks.Count; block++)
            {
                cancellation.ThrowIfCancellationRequested();
                moved |= DescendBlock(hessian, block);
            }

            if (!moved)
            {
                break;
            }
        }

        if (job.Effort.Sweeps > 0)
        {
            Tile.FormGradient(hessian);
            Offer();
        }
    }

    private bool DescendBlock(float[] hessian, int block)
    {
        nint lanes = Tile.Lanes;
        var columns = Tile.Blocks.Columns;
        var begin = Tile.Blocks.Begin(block);
        var width = Tile.Blocks.Width(block);
        var offset = begin * lanes;
        var values = Tile.Values + offset;
        var length = width * Tile.Lanes;
        new ReadOnlySpan<float>(Tile.Gradient + offset, length).CopyTo(new Span<float>(Tile.LocalGradient, length));
        new ReadOnlySpan<float>(values, length).CopyTo(new Span<float>(Tile.OldValues, length));
        fixed (float* h = hessian)
        {
            var cost = h + (nint)begin * columns + begin;
            var descent = new BlockDescent(Tile, Tile.ScalesOf(block), values, Tile.Codes + offset, cost, columns, width, job.Grid);
            if (!descent.Run(job.Effort.LocalRounds))
            {
                return false;
            }

            Tile.Subtract(values, Tile.OldValues, width);
            var count = Tile.DropUnmoved(width, begin);
            RankUpdate.Add(Tile.Gradient, Tile.Lanes, 0, columns, h, columns, Tile.Chosen, count, Tile.Delta);
            return true;
        }
    }

    private bool Offer()
    {
        Measure(Tile.Values, Tile.Weights);
        return Choice.Offer(rowErrors.AsSpan(0, Tile.Rows), rowWeightErrors.AsSpan(0, Tile.Rows));
    }

    // With d = values − origin: dᵀ·gradient of each row without the damping, and ‖d‖².
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Measure(float* values, float* origin)
    {
        rowErrors.AsSpan().Clear();
        rowWeightErrors.AsSpan().Clear();
        nint lanes = Tile.Lanes;
        for (nint k = 0; k < Tile.Blocks.Columns; k++)
        {
            for (var row = 0; row < Tile.Rows; row++)
            {
                var place = k * lanes + row;
                var d = origin == null ? values[place] : (double)values[place] - origin[place];
                rowWeightErrors[row] += d * d;
                rowErrors[row] += d * Tile.Gradient[place];
            }
        }

        for (var row = 0; row < Tile.Rows; row++)
        {
            rowErrors[row] = job.Hessian is null ? rowWeightErrors[row] : Math.Max(0, rowErrors[row] - job.Damping * rowWeightErrors[row]);
        }
    }
}
