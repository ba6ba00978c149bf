using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.SecondOrder;

namespace Reparam.Compression.ShiftAdd.Hessian;

/// <summary>Codes the rows of one slab; docs/methods/shiftadd.md, Calibrated coding.</summary>
internal sealed unsafe class SlabCoder : IDisposable
{
    private const int SweepsBetweenFreshGradients = 8;

    private readonly HessianJob job;
    private readonly float[][] unitWeights;
    private readonly float[] unitCost;
    private readonly double[] rowErrors;
    private readonly double[] rowWeightErrors;

    /// <summary>Makes room for a slab of the job.</summary>
    public SlabCoder(HessianJob job)
    {
        this.job = job;
        Slab = new Slab(job.Blocks, job.Options.Bits);
        Choice = new SlabChoice(Slab);
        rowErrors = new double[Slab.Lanes];
        rowWeightErrors = new double[Slab.Lanes];
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
    public Slab Slab { get; }

    /// <summary>The best so far.</summary>
    public SlabChoice Choice { get; }

    /// <summary>Codes the rows and leaves the best in <see cref="Choice"/>.</summary>
    /// <param name="plain">A coding by weight error alone to set out from; null to make one.</param>
    /// <param name="cancellation">Ends the work.</param>
    public void Code(BinaryCodedMatrix? plain, CancellationToken cancellation)
    {
        Choice.Clear();
        if (job.Compensation is not null)
        {
            CodeCompensated(cancellation);
            Slab.FormGradient(job.Hessian!);
            Offer();
            Descend(cancellation);
        }

        if (plain is null)
        {
            CodeByWeight(cancellation);
        }
        else
        {
            Slab.LoadCodes(plain, job.ColumnAt);
        }

        if (job.Hessian is null)
        {
            Offer();
            return;
        }

        // Where compensation helps, as it nearly always does, the way down from here ends higher.
        Slab.FormGradient(job.Hessian);
        if (Offer() || job.Options.Quality == CodingQuality.Best)
        {
            Descend(cancellation);
        }
    }

    /// <summary>Σ wᵀ·H·w of the rows; the gradient is lost.</summary>
    public double SquaredOutputNorm()
    {
        Slab.FormProducts(job.Hessian!);
        Measure(Slab.Weights, null);
        return rowErrors.AsSpan(0, Slab.Rows).ToArray().Sum();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Slab.Dispose();
        Choice.Dispose();
    }

    // Every block for itself.
    private void CodeByWeight(CancellationToken cancellation)
    {
        fixed (float* cost = unitCost)
        {
            for (var block = 0; block < Slab.Blocks.Count; block++)
            {
                cancellation.ThrowIfCancellationRequested();
                var offset = (nint)Slab.Blocks.Begin(block) * Slab.Lanes;
                CodeBlock(block, Slab.Weights + offset, unitWeights, 0, cost, Slab.Blocks.BlockColumns, null, 0);
            }
        }
    }

    // Block after block in the order of coding, each for targets that make up for the errors of those before it.
    private void CodeCompensated(CancellationToken cancellation)
    {
        var compensation = job.Compensation!;
        var columns = Slab.Blocks.Columns;
        nint lanes = Slab.Lanes;
        for (var place = 0; place < columns; place++)
        {
            new ReadOnlySpan<float>(Slab.Weights + compensation.Order[place] * lanes, Slab.Lanes).CopyTo(new Span<float>(Slab.Targets + place * lanes, Slab.Lanes));
        }

        fixed (float* factor = compensation.Factor)
        {
            var begin = 0;
            for (var i = 0; i < job.BlockOrder.Length; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                var block = job.BlockOrder[i];
                var width = Slab.Blocks.Width(block);
                var offset = Slab.Blocks.Begin(block) * lanes;
                var targets = Slab.Targets + begin * lanes;
                var rows = factor + (nint)begin * columns + begin;
                Compensate(targets, Slab.Weights + offset, width, rows, columns);
                fixed (float* cost = job.CostBlocks[i])
                {
                    CodeBlock(block, targets, job.FitWeights, begin, cost, width, rows, columns);
                }

                Slab.Subtract(Slab.Weights + offset, Slab.Values + offset, width);
                for (var c = 0; c < width; c++)
                {
                    Slab.Chosen[c] = begin + c;
                }

                RankUpdate.Add(Slab.Targets, Slab.Lanes, begin + width, columns, factor, columns, Slab.Chosen, width, Slab.Delta);
                begin += width;
            }
        }
    }

    // What lies in the targets is w − Ůᵀδ over the blocks before. Errors of the block itself pass through its own part of Ů too, so what would cost nothing is
    // w − x with (I + Ůᵀ)·x = Ůᵀδ.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Compensate(float* targets, float* weights, int width, float* factor, int stride)
    {
        nint lanes = Slab.Lanes;
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

    // Scales and codes of a block for targets, when an error e of the block costs eᵀ·S·e: coded in turn and refitted several times, the best kept.
    private void CodeBlock(int block, float* targets, float[][] fitWeights, int firstWeight, float* cost, int stride, float* factor, int factorStride)
    {
        var width = Slab.Blocks.Width(block);
        var offset = (nint)Slab.Blocks.Begin(block) * Slab.Lanes;
        var scales = Slab.ScalesOf(block);
        var values = Slab.Values + offset;
        var codes = Slab.Codes + offset;
        var descent = new BlockDescent(Slab, scales, values, codes, cost, stride, width, job.Grid);
        var best = new BlockChoice(Slab, targets, scales, values, codes, width);
        best.Clear();
        foreach (var weights in fitWeights)
        {
            fixed (float* w = &weights[firstWeight])
            {
                var fit = new BlockFit(Slab, targets, w, width, job.Options.Rounds, job.Options.Quality);
                fit.Solve(scales);
                fit.Assign(scales, values, codes);
            }

            var turns = factor == null ? 1 : job.Effort.Turns;
            for (var turn = 0; turn < turns; turn++)
            {
                if (factor != null)
                {
                    CodeInTurn(targets, scales, values, codes, width, factor, factorStride);
                }

                Slab.Subtract(values, targets, width);
                Slab.FormLocalGradient(cost, stride, width);
                descent.MoveScales(force: turn == 0);
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
    private void CodeInTurn(float* targets, float* scales, float* values, int* codes, int width, float* factor, int stride)
    {
        nint lanes = Slab.Lanes;
        var compensated = Slab.OldValues;
        new ReadOnlySpan<float>(targets, width * Slab.Lanes).CopyTo(new Span<float>(compensated, width * Slab.Lanes));
        for (nint lane = 0; lane < lanes; lane += RankUpdate.Lanes)
        {
            var levels = new BlockLevels(Slab.Levels, Slab.LevelCodes, scales + lane, lanes, Slab.Bits);
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
                Slab.FormGradient(hessian);
            }

            var moved = false;
            for (var block = 0; block < Slab.Blocks.Count; block++)
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
            Slab.FormGradient(hessian);
            Offer();
        }
    }

    private bool DescendBlock(float[] hessian, int block)
    {
        nint lanes = Slab.Lanes;
        var columns = Slab.Blocks.Columns;
        var begin = Slab.Blocks.Begin(block);
        var width = Slab.Blocks.Width(block);
        var offset = begin * lanes;
        var values = Slab.Values + offset;
        var length = width * Slab.Lanes;
        new ReadOnlySpan<float>(Slab.Gradient + offset, length).CopyTo(new Span<float>(Slab.LocalGradient, length));
        new ReadOnlySpan<float>(values, length).CopyTo(new Span<float>(Slab.OldValues, length));
        fixed (float* h = hessian)
        {
            var descent = new BlockDescent(Slab, Slab.ScalesOf(block), values, Slab.Codes + offset, h + (nint)begin * columns + begin, columns, width, job.Grid);
            if (!descent.Run(job.Effort.LocalRounds))
            {
                return false;
            }

            Slab.Subtract(values, Slab.OldValues, width);
            var count = Slab.DropUnmoved(width, begin);
            RankUpdate.Add(Slab.Gradient, Slab.Lanes, 0, columns, h, columns, Slab.Chosen, count, Slab.Delta);
            return true;
        }
    }

    private bool Offer()
    {
        Measure(Slab.Values, Slab.Weights);
        return Choice.Offer(rowErrors.AsSpan(0, Slab.Rows), rowWeightErrors.AsSpan(0, Slab.Rows));
    }

    // With d = values − origin: dᵀ·gradient of each row without the damping, and ‖d‖².
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Measure(float* values, float* origin)
    {
        rowErrors.AsSpan().Clear();
        rowWeightErrors.AsSpan().Clear();
        nint lanes = Slab.Lanes;
        for (nint k = 0; k < Slab.Blocks.Columns; k++)
        {
            for (var row = 0; row < Slab.Rows; row++)
            {
                var place = k * lanes + row;
                var d = origin == null ? values[place] : (double)values[place] - origin[place];
                rowWeightErrors[row] += d * d;
                rowErrors[row] += d * Slab.Gradient[place];
            }
        }

        for (var row = 0; row < Slab.Rows; row++)
        {
            rowErrors[row] = job.Hessian is null ? rowWeightErrors[row] : Math.Max(0, rowErrors[row] - job.Damping * rowWeightErrors[row]);
        }
    }
}
