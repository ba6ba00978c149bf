using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reparam.Compression.SecondOrder;

namespace Reparam.Compression.ShiftAdd.Binary;

/// <summary>The best coding of one block column so far, by (q − t)ᵀ·S·(q − t), block of rows by block of rows.</summary>
/// <param name="tile">The rows; <see cref="RowTile.LocalGradient"/> holds S·(q − t).</param>
/// <param name="targets">t, [width, lanes].</param>
/// <param name="scales">[bits, lanes].</param>
/// <param name="values">q, [width, lanes].</param>
/// <param name="codes">[width, lanes].</param>
/// <param name="width">Columns of the block.</param>
internal readonly unsafe ref struct BlockChoice(RowTile tile, float* targets, float* scales, float* values, int* codes, int width)
{
    /// <summary>Forgets the best.</summary>
    public void Clear() => new Span<float>(tile.BestCost, tile.Lanes).Fill(float.PositiveInfinity);

    /// <summary>Keeps what is better than before.</summary>
    /// <returns>Whether anything is.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Keep()
    {
        nint lanes = tile.Lanes;
        for (nint lane = 0; lane < lanes; lane += RankUpdate.Lanes)
        {
            var sum = Vector512<float>.Zero;
            for (var c = 0; c < width; c++)
            {
                var place = c * lanes + lane;
                var error = Vector512.Load(values + place) - Vector512.Load(targets + place);
                sum = Vector512.FusedMultiplyAdd(error, Vector512.Load(tile.LocalGradient + place), sum);
            }

            (sum & Vector512.Load(tile.Mask + lane)).Store(tile.Sums + lane);
        }

        tile.SumOverBlocks(1);
        var any = false;
        for (nint lane = 0; lane < lanes; lane += RankUpdate.Lanes)
        {
            var now = Vector512.Load(tile.Sums + lane);
            var best = Vector512.Load(tile.BestCost + lane);
            var better = Vector512.LessThan(now, best);
            if (Vector512.EqualsAll(better.AsInt32(), Vector512<int>.Zero))
            {
                continue;
            }

            any = true;
            Vector512.ConditionalSelect(better, now, best).Store(tile.BestCost + lane);
            for (var b = 0; b < tile.Bits; b++)
            {
                var place = b * lanes + lane;
                Vector512.ConditionalSelect(better, Vector512.Load(scales + place), Vector512.Load(tile.BestScales + place)).Store(tile.BestScales + place);
            }

            for (var c = 0; c < width; c++)
            {
                var place = c * lanes + lane;
                Vector512.ConditionalSelect(better, Vector512.Load(values + place), Vector512.Load(tile.BestValues + place)).Store(tile.BestValues + place);
                Vector512.ConditionalSelect(better.AsInt32(), Vector512.Load(codes + place), Vector512.Load(tile.BestCodes + place))
                    .Store(tile.BestCodes + place);
            }
        }

        return any;
    }

    /// <summary>Puts the best back.</summary>
    public void Restore()
    {
        var lanes = tile.Lanes;
        new ReadOnlySpan<float>(tile.BestScales, tile.Bits * lanes).CopyTo(new Span<float>(scales, tile.Bits * lanes));
        new ReadOnlySpan<float>(tile.BestValues, width * lanes).CopyTo(new Span<float>(values, width * lanes));
        new ReadOnlySpan<int>(tile.BestCodes, width * lanes).CopyTo(new Span<int>(codes, width * lanes));
    }
}
