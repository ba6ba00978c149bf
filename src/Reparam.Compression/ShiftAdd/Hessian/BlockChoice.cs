using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Reparam.Compression.SecondOrder;

namespace Reparam.Compression.ShiftAdd.Hessian;

/// <summary>The best coding of one block column so far, by (q − t)ᵀ·S·(q − t), block of rows by block of rows.</summary>
/// <param name="slab">The rows; <see cref="Slab.LocalGradient"/> holds S·(q − t).</param>
/// <param name="targets">t, [width, lanes].</param>
/// <param name="scales">[bits, lanes].</param>
/// <param name="values">q, [width, lanes].</param>
/// <param name="codes">[width, lanes].</param>
/// <param name="width">Columns of the block.</param>
internal readonly unsafe ref struct BlockChoice(Slab slab, float* targets, float* scales, float* values, int* codes, int width)
{
    /// <summary>Forgets the best.</summary>
    public void Clear() => new Span<float>(slab.BestCost, slab.Lanes).Fill(float.PositiveInfinity);

    /// <summary>Keeps what is better than before.</summary>
    /// <returns>Whether anything is.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Keep()
    {
        nint lanes = slab.Lanes;
        for (nint lane = 0; lane < lanes; lane += RankUpdate.Lanes)
        {
            var sum = Vector512<float>.Zero;
            for (var c = 0; c < width; c++)
            {
                var place = c * lanes + lane;
                sum = Vector512.FusedMultiplyAdd(Vector512.Load(values + place) - Vector512.Load(targets + place), Vector512.Load(slab.LocalGradient + place), sum);
            }

            (sum & Vector512.Load(slab.Mask + lane)).Store(slab.Sums + lane);
        }

        slab.SumOverBlocks(1);
        var any = false;
        for (nint lane = 0; lane < lanes; lane += RankUpdate.Lanes)
        {
            var now = Vector512.Load(slab.Sums + lane);
            var best = Vector512.Load(slab.BestCost + lane);
            var better = Vector512.LessThan(now, best);
            if (Vector512.EqualsAll(better.AsInt32(), Vector512<int>.Zero))
            {
                continue;
            }

            any = true;
            Vector512.ConditionalSelect(better, now, best).Store(slab.BestCost + lane);
            for (var b = 0; b < slab.Bits; b++)
            {
                var place = b * lanes + lane;
                Vector512.ConditionalSelect(better, Vector512.Load(scales + place), Vector512.Load(slab.BestScales + place)).Store(slab.BestScales + place);
            }

            for (var c = 0; c < width; c++)
            {
                var place = c * lanes + lane;
                Vector512.ConditionalSelect(better, Vector512.Load(values + place), Vector512.Load(slab.BestValues + place)).Store(slab.BestValues + place);
                Vector512.ConditionalSelect(better.AsInt32(), Vector512.Load(codes + place), Vector512.Load(slab.BestCodes + place)).Store(slab.BestCodes + place);
            }
        }

        return any;
    }

    /// <summary>Puts the best back.</summary>
    public void Restore()
    {
        var lanes = slab.Lanes;
        new ReadOnlySpan<float>(slab.BestScales, slab.Bits * lanes).CopyTo(new Span<float>(scales, slab.Bits * lanes));
        new ReadOnlySpan<float>(slab.BestValues, width * lanes).CopyTo(new Span<float>(values, width * lanes));
        new ReadOnlySpan<int>(slab.BestCodes, width * lanes).CopyTo(new Span<int>(codes, width * lanes));
    }
}
