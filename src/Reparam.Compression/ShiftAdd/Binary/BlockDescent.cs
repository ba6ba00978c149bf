using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.SecondOrder;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>
/// Lowers the quadratic error of one block column of a row tile, everything outside of it held: codes one at a time, to the level nearest to the minimum of the
/// error in that weight; scales by least squares with the codes held, then rounded to what a file can hold. A step that would not lower the error is not taken,
/// so the error never rises.
/// </summary>
/// <param name="tile">The rows; <see cref="RowTile.LocalGradient"/> holds S·(q − w) and what the outside adds.</param>
/// <param name="scales">[bits, lanes], values of the grid.</param>
/// <param name="values">[width, lanes].</param>
/// <param name="codes">[width, lanes].</param>
/// <param name="cost">S, symmetric.</param>
/// <param name="stride">Floats of a row of S.</param>
/// <param name="width">Columns of the block.</param>
/// <param name="grid">What scales can be.</param>
internal readonly unsafe ref struct BlockDescent(RowTile tile, float* scales, float* values, int* codes, float* cost, nint stride, int width, ScaleGrid grid)
{
    /// <summary>Alternates until nothing moves.</summary>
    /// <param name="rounds">Rounds at most.</param>
    /// <returns>Whether anything moved.</returns>
    public bool Run(int rounds)
    {
        var moved = false;
        for (var round = 0; round < rounds; round++)
        {
            var here = MoveCodes();
            here |= MoveScales(force: false);
            if (!here)
            {
                break;
            }

            moved = true;
        }

        return moved;
    }

    /// <summary>Every code once.</summary>
    public bool MoveCodes()
    {
        var moved = false;
        for (var lane = 0; lane < tile.Lanes; lane += RankUpdate.Lanes)
        {
            moved |= MoveCodes(lane);
        }

        return moved;
    }

    /// <summary>Refits and rounds the scales.</summary>
    /// <param name="force">Whether to take the new scales even when they are worse, because the present ones are not on the grid.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool MoveScales(bool force)
    {
        nint lanes = tile.Lanes;
        var bits = tile.Bits;
        var elements = ScaleSolve.Elements(bits);
        for (nint lane = 0; lane < lanes; lane += RankUpdate.Lanes)
        {
            NormalEquations(lane);
        }

        tile.SumOverBlocks(elements + bits);
        var step = stackalloc Vector512<float>[BinaryCodedMatrix.MaxBits];
        for (nint lane = 0; lane < lanes; lane += RankUpdate.Lanes)
        {
            ScaleSolve.Solve(tile.Sums + lane, lanes, bits, step);
            for (var b = 0; b < bits; b++)
            {
                step[b].Store(tile.Trial + b * lanes + lane);
            }
        }

        var moved = false;
        Span<double> now = stackalloc double[bits];
        Span<double> next = stackalloc double[bits];
        Span<double> right = stackalloc double[bits];
        Span<double> quadratic = stackalloc double[bits * bits];
        for (var first = 0; first < tile.Rows; first += tile.Blocks.BlockRows)
        {
            for (int b = 0, element = 0; b < bits; b++)
            {
                for (var c = 0; c <= b; c++, element++)
                {
                    quadratic[b * bits + c] = quadratic[c * bits + b] = tile.Sums[element * lanes + first];
                }
            }

            for (var b = 0; b < bits; b++)
            {
                right[b] = tile.Sums[(elements + b) * lanes + first];
                now[b] = scales[b * lanes + first];
                next[b] = now[b] + tile.Trial[b * lanes + first];
            }

            grid.Round(next, quadratic);
            var change = 0.0;
            var linear = 0.0;
            for (var b = 0; b < bits; b++)
            {
                next[b] -= now[b];
            }

            for (var b = 0; b < bits; b++)
            {
                linear -= right[b] * next[b];
                change -= 2 * right[b] * next[b];
                for (var c = 0; c < bits; c++)
                {
                    change += next[b] * next[c] * quadratic[b * bits + c];
                }
            }

            var accepted = force || change < -1e-6 * Math.Abs(linear);
            moved |= accepted;
            for (var b = 0; b < bits; b++)
            {
                new Span<float>(tile.Trial + b * lanes + first, tile.Blocks.BlockRows).Fill(accepted ? (float)next[b] : 0);
                if (accepted)
                {
                    new Span<float>(scales + b * lanes + first, tile.Blocks.BlockRows).Fill((float)(now[b] + next[b]));
                }
            }
        }

        if (moved)
        {
            for (nint lane = 0; lane < lanes; lane += RankUpdate.Lanes)
            {
                TakeStep(lane);
            }
        }

        return moved;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool MoveCodes(nint lane)
    {
        nint lanes = tile.Lanes;
        var levels = new BlockLevels(tile.Levels, tile.LevelCodes, scales + lane, lanes, tile.Bits);
        var gradient = tile.LocalGradient + lane;
        var mask = Vector512.Load(tile.Mask + lane);
        var moved = false;
        for (nint c = 0; c < width; c++)
        {
            var diagonal = cost[c * stride + c];
            if (!(diagonal > 0))
            {
                continue;
            }

            var value = Vector512.Load(values + c * lanes + lane);
            var code = Vector512.Load(codes + c * lanes + lane);
            var target = value - Vector512.Load(gradient + c * lanes) * Vector512.Create(1 / diagonal);
            levels.Nearest(target, out var nearest, out var nearestCode);
            var nearer = Vector512.LessThan(Vector512.Abs(target - nearest), Vector512.Abs(target - value));
            var better = nearer & ~Vector512.Equals(code, nearestCode).AsSingle() & mask;
            if (Vector512.EqualsAll(better.AsInt32(), Vector512<int>.Zero))
            {
                continue;
            }

            moved = true;
            var delta = better & (nearest - value);
            Vector512.ConditionalSelect(better, nearest, value).Store(values + c * lanes + lane);
            Vector512.ConditionalSelect(better.AsInt32(), nearestCode, code).Store(codes + c * lanes + lane);
            var row = cost + c * stride;
            for (nint j = 0; j < width; j++)
            {
                var place = gradient + j * lanes;
                Vector512.FusedMultiplyAdd(Vector512.Create(row[j]), delta, Vector512.Load(place)).Store(place);
            }
        }

        return moved;
    }

    // A = BᵀSB and r = −Bᵀ·gradient of 16 lanes; leaves the signs B and the products S·B.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void NormalEquations(nint lane)
    {
        nint lanes = tile.Lanes;
        nint bits = tile.Bits;
        var signs = tile.Signs + lane;
        var products = tile.Products + lane;
        for (nint c = 0; c < width; c++)
        {
            var code = Vector512.Load(codes + c * lanes + lane);
            for (nint b = 0; b < bits; b++)
            {
                BlockLevels.Sign(code, (int)b).Store(signs + (c * bits + b) * lanes);
            }
        }

        for (nint b = 0; b < bits; b++)
        {
            nint j = 0;
            for (; j + 8 <= width; j += 8)
            {
                Products8(cost + j * stride, stride, signs + b * lanes, products + (j * bits + b) * lanes, bits * lanes);
            }

            for (; j < width; j++)
            {
                var sum = Vector512<float>.Zero;
                for (nint c = 0; c < width; c++)
                {
                    sum = Vector512.FusedMultiplyAdd(Vector512.Create(cost[j * stride + c]), Vector512.Load(signs + (c * bits + b) * lanes), sum);
                }

                sum.Store(products + (j * bits + b) * lanes);
            }
        }

        var mask = Vector512.Load(tile.Mask + lane);
        var place = tile.Sums + lane;
        for (nint b = 0; b < bits; b++)
        {
            for (nint d = 0; d <= b; d++)
            {
                var sum = Vector512<float>.Zero;
                for (nint c = 0; c < width; c++)
                {
                    sum = Vector512.FusedMultiplyAdd(Vector512.Load(signs + (c * bits + b) * lanes), Vector512.Load(products + (c * bits + d) * lanes), sum);
                }

                (sum & mask).Store(place);
                place += lanes;
            }
        }

        for (nint b = 0; b < bits; b++)
        {
            var sum = Vector512<float>.Zero;
            for (nint c = 0; c < width; c++)
            {
                sum = Vector512.FusedMultiplyAdd(Vector512.Load(signs + (c * bits + b) * lanes), Vector512.Load(tile.LocalGradient + c * lanes + lane), sum);
            }

            (Vector512<float>.Zero - (sum & mask)).Store(place);
            place += lanes;
        }
    }

    // Eight rows of S times one plane.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Products8(float* rows, nint rowStride, float* signs, float* products, nint step)
    {
        Vector512<float> p0 = default, p1 = default, p2 = default, p3 = default, p4 = default, p5 = default, p6 = default, p7 = default;
        var r1 = rows + rowStride;
        var r2 = r1 + rowStride;
        var r3 = r2 + rowStride;
        var r4 = r3 + rowStride;
        var r5 = r4 + rowStride;
        var r6 = r5 + rowStride;
        var r7 = r6 + rowStride;
        for (nint c = 0; c < width; c++)
        {
            var sign = Vector512.Load(signs);
            signs += step;
            p0 = Vector512.FusedMultiplyAdd(Vector512.Create(rows[c]), sign, p0);
            p1 = Vector512.FusedMultiplyAdd(Vector512.Create(r1[c]), sign, p1);
            p2 = Vector512.FusedMultiplyAdd(Vector512.Create(r2[c]), sign, p2);
            p3 = Vector512.FusedMultiplyAdd(Vector512.Create(r3[c]), sign, p3);
            p4 = Vector512.FusedMultiplyAdd(Vector512.Create(r4[c]), sign, p4);
            p5 = Vector512.FusedMultiplyAdd(Vector512.Create(r5[c]), sign, p5);
            p6 = Vector512.FusedMultiplyAdd(Vector512.Create(r6[c]), sign, p6);
            p7 = Vector512.FusedMultiplyAdd(Vector512.Create(r7[c]), sign, p7);
        }

        p0.Store(products);
        p1.Store(products + step);
        p2.Store(products + 2 * step);
        p3.Store(products + 3 * step);
        p4.Store(products + 4 * step);
        p5.Store(products + 5 * step);
        p6.Store(products + 6 * step);
        p7.Store(products + 7 * step);
    }

    // Scales, values and gradient after the step in Trial.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TakeStep(nint lane)
    {
        nint lanes = tile.Lanes;
        nint bits = tile.Bits;
        for (nint c = 0; c < width; c++)
        {
            var value = Vector512<float>.Zero;
            var gradient = Vector512.Load(tile.LocalGradient + c * lanes + lane);
            for (nint b = 0; b < bits; b++)
            {
                var place = (c * bits + b) * lanes + lane;
                value = Vector512.FusedMultiplyAdd(Vector512.Load(tile.Signs + place), Vector512.Load(scales + b * lanes + lane), value);
                gradient = Vector512.FusedMultiplyAdd(Vector512.Load(tile.Products + place), Vector512.Load(tile.Trial + b * lanes + lane), gradient);
            }

            value.Store(values + c * lanes + lane);
            gradient.Store(tile.LocalGradient + c * lanes + lane);
        }
    }
}
