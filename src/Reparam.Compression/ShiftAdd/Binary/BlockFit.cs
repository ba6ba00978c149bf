using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reparam.Compression.SecondOrder;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>
/// Scales of one block column of a row tile for given targets: alternation of nearest codes and weighted least squares from several starts, the best by
/// weighted error kept for each block of rows. The error of a column counts as often as its weight says.
/// </summary>
/// <param name="tile">The rows.</param>
/// <param name="targets">[width, lanes].</param>
/// <param name="weights">[width], ≥ 0.</param>
/// <param name="width">Columns of the block.</param>
/// <param name="rounds">Rounds of the best start.</param>
/// <param name="quality">How many starts there are.</param>
internal readonly unsafe ref struct BlockFit(RowTile tile, float* targets, float* weights, int width, int rounds, CodingQuality quality)
{
    private static readonly float[][] OnePlane = [[0.5f]];

    /// <summary>Writes the best scales, not rounded.</summary>
    /// <param name="scales">[bits, lanes].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Solve(float* scales)
    {
        var lanes = tile.Lanes;
        var bits = tile.Bits;
        var best = tile.Trial;
        var largest = Largest();
        var lowest = new float[lanes];
        Array.Fill(lowest, float.PositiveInfinity);
        fixed (float* error = lowest)
        {
            foreach (var shape in Starts(bits))
            {
                for (var b = 0; b < bits; b++)
                {
                    for (var lane = 0; lane < lanes; lane++)
                    {
                        scales[b * lanes + lane] = largest[lane] * shape[b];
                    }
                }

                Alternate(scales, Math.Min(rounds, ScaleStarts.TrialRounds), best, error);
            }

            new ReadOnlySpan<float>(best, bits * lanes).CopyTo(new Span<float>(scales, bits * lanes));
            Alternate(scales, Math.Max(0, rounds - ScaleStarts.TrialRounds), best, error);
            new ReadOnlySpan<float>(best, bits * lanes).CopyTo(new Span<float>(scales, bits * lanes));
        }
    }

    /// <summary>Gives every target its nearest level.</summary>
    /// <param name="scales">[bits, lanes].</param>
    /// <param name="values">[width, lanes].</param>
    /// <param name="codes">[width, lanes].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Assign(float* scales, float* values, int* codes)
    {
        nint lanes = tile.Lanes;
        for (nint lane = 0; lane < lanes; lane += RankUpdate.Lanes)
        {
            var levels = new BlockLevels(tile.Levels, tile.LevelCodes, scales + lane, lanes, tile.Bits);
            for (var c = 0; c < width; c++)
            {
                levels.Nearest(Vector512.Load(targets + c * lanes + lane), out var value, out var code);
                value.Store(values + c * lanes + lane);
                code.Store(codes + c * lanes + lane);
            }
        }
    }

    private ReadOnlySpan<float[]> Starts(int bits)
    {
        var shapes = ScaleStarts.Shapes(bits, CodingQuality.Default);
        return shapes.Length == 0 ? OnePlane : shapes.AsSpan(0, quality == CodingQuality.Fast ? 1 : shapes.Length);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private float[] Largest()
    {
        nint lanes = tile.Lanes;
        var largest = new float[lanes];
        for (nint lane = 0; lane < lanes; lane += RankUpdate.Lanes)
        {
            var top = Vector512<float>.Zero;
            for (var c = 0; c < width; c++)
            {
                top = Vector512.Max(top, Vector512.Abs(Vector512.Load(targets + c * lanes + lane)) & Vector512.Load(tile.Mask + lane));
            }

            top.CopyTo(largest, (int)lane);
        }

        var height = tile.Blocks.BlockRows;
        for (var begin = 0; height > 1 && begin < tile.Capacity; begin += height)
        {
            var block = largest.AsSpan(begin, height);
            var top = 0f;
            foreach (var value in block)
            {
                top = Math.Max(top, value);
            }

            block.Fill(top);
        }

        return largest;
    }

    // A pass measures the error of the scales with their nearest codes and yields the refit.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Alternate(float* scales, int refits, float* best, float* lowest)
    {
        nint lanes = tile.Lanes;
        var bits = tile.Bits;
        var elements = ScaleSolve.Elements(bits);
        var step = stackalloc Vector512<float>[4];
        for (var pass = 0; pass <= refits; pass++)
        {
            for (nint lane = 0; lane < lanes; lane += RankUpdate.Lanes)
            {
                Collect(scales, lane);
            }

            tile.SumOverBlocks(elements + bits + 1);
            var settled = true;
            for (nint lane = 0; lane < lanes; lane += RankUpdate.Lanes)
            {
                var error = Vector512.Load(tile.Sums + (elements + bits) * lanes + lane);
                var known = Vector512.Load(lowest + lane);
                var better = Vector512.LessThan(error, known);
                Vector512.ConditionalSelect(better, error, known).Store(lowest + lane);
                ScaleSolve.Solve(tile.Sums + lane, lanes, bits, step);
                for (var b = 0; b < bits; b++)
                {
                    var now = Vector512.Load(scales + b * lanes + lane);
                    Vector512.ConditionalSelect(better, now, Vector512.Load(best + b * lanes + lane)).Store(best + b * lanes + lane);
                    var next = pass == refits ? now : now + step[b];
                    settled &= Vector512.EqualsAll(now, next);
                    next.Store(scales + b * lanes + lane);
                }
            }

            if (settled)
            {
                return;
            }
        }
    }

    // Normal equations, right side and error of 16 lanes.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Collect(float* scales, nint lane)
    {
        nint lanes = tile.Lanes;
        var bits = tile.Bits;
        var levels = new BlockLevels(tile.Levels, tile.LevelCodes, scales + lane, lanes, bits);
        var mask = Vector512.Load(tile.Mask + lane);
        Vector512<float> a10 = default, a20 = default, a21 = default, a30 = default, a31 = default, a32 = default;
        Vector512<float> r0 = default, r1 = default, r2 = default, r3 = default, error = default, all = default;
        for (var c = 0; c < width; c++)
        {
            var weight = Vector512.Create(weights[c]) & mask;
            var target = Vector512.Load(targets + c * lanes + lane);
            levels.Nearest(target, out var value, out var code);
            var remainder = target - value;
            var weighted = weight * remainder;
            error = Vector512.FusedMultiplyAdd(weighted, remainder, error);
            all += weight;
            var s0 = BlockLevels.Sign(code, 0);
            r0 = Vector512.FusedMultiplyAdd(s0, weighted, r0);
            if (bits > 1)
            {
                var s1 = BlockLevels.Sign(code, 1);
                r1 = Vector512.FusedMultiplyAdd(s1, weighted, r1);
                a10 = Vector512.FusedMultiplyAdd(s0 * s1, weight, a10);
                if (bits > 2)
                {
                    var s2 = BlockLevels.Sign(code, 2);
                    r2 = Vector512.FusedMultiplyAdd(s2, weighted, r2);
                    a20 = Vector512.FusedMultiplyAdd(s0 * s2, weight, a20);
                    a21 = Vector512.FusedMultiplyAdd(s1 * s2, weight, a21);
                    if (bits > 3)
                    {
                        var s3 = BlockLevels.Sign(code, 3);
                        r3 = Vector512.FusedMultiplyAdd(s3, weighted, r3);
                        a30 = Vector512.FusedMultiplyAdd(s0 * s3, weight, a30);
                        a31 = Vector512.FusedMultiplyAdd(s1 * s3, weight, a31);
                        a32 = Vector512.FusedMultiplyAdd(s2 * s3, weight, a32);
                    }
                }
            }
        }

        var place = tile.Sums + lane;
        Put(all, ref place, lanes);
        if (bits > 1)
        {
            Put(a10, ref place, lanes);
            Put(all, ref place, lanes);
        }

        if (bits > 2)
        {
            Put(a20, ref place, lanes);
            Put(a21, ref place, lanes);
            Put(all, ref place, lanes);
        }

        if (bits > 3)
        {
            Put(a30, ref place, lanes);
            Put(a31, ref place, lanes);
            Put(a32, ref place, lanes);
            Put(all, ref place, lanes);
        }

        Put(r0, ref place, lanes);
        if (bits > 1)
        {
            Put(r1, ref place, lanes);
        }

        if (bits > 2)
        {
            Put(r2, ref place, lanes);
        }

        if (bits > 3)
        {
            Put(r3, ref place, lanes);
        }

        Put(error, ref place, lanes);
    }

    private static void Put(Vector512<float> sum, ref float* place, nint lanes)
    {
        sum.Store(place);
        place += lanes;
    }
}
