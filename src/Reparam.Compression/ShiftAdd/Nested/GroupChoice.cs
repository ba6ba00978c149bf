using System.Runtime.CompilerServices;
using Reparam.Compression.Simd;

namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>
/// Profile and codes of a group when the errors of its columns weigh on each other: the error e of the group costs eᵀ(Ů + I)D(Ů + I)ᵀe. Column after column
/// goes to the level nearest to its target less what the errors before it put on it; its own rounding then costs D times its square. 16 rows side by side, all
/// in units of their tables.
/// </summary>
/// <param name="table">[profiles, bits + 1], whole numbers.</param>
/// <param name="profiles">Number of profiles.</param>
/// <param name="shortlist">Profiles that are coded in full: those with the smallest error when each column is taken alone.</param>
internal readonly unsafe ref struct GroupChoice<TPlanes>(float* table, int profiles, int shortlist)
    where TPlanes : struct, IPlanes
{
    private const int Size = GroupTile.Size;

    private const int MaxShortlist = 64;

    /// <summary>Finds the best of the shortlist.</summary>
    /// <param name="group">Ů and D.</param>
    /// <param name="weights">[16]: what an error is measured from.</param>
    /// <param name="targets">[16]: weights less what the errors of earlier groups put on them.</param>
    /// <param name="levels">[16]: receives the levels.</param>
    /// <param name="index">Receives the profiles, as floats.</param>
    /// <returns>What the levels cost.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Lanes512 Choose(in GroupFactor group, Lanes512* weights, Lanes512* targets, Lanes512* levels, out Lanes512 index)
    {
        var costs = stackalloc Lanes512[MaxShortlist];
        var indices = stackalloc Lanes512[MaxShortlist];
        List(group, targets, costs, indices);
        var minimum = Lanes512.Create(float.PositiveInfinity);
        Lanes512 best = default;
        var coded = stackalloc Lanes512[Size];
        var errors = stackalloc Lanes512[Size];
        var profile = stackalloc Lanes512[5];
        for (var i = 0; i < Math.Min(shortlist, profiles); i++)
        {
            GroupTile.Gather(table, TPlanes.Count + 1, indices[i], profile);
            var cost = Code(group, weights, targets, new ProfileLevels<Lanes512, TPlanes>(profile), coded, errors);
            var better = Lanes512.Less(cost, minimum);
            minimum = Lanes512.Min(cost, minimum);
            best = Lanes512.Select(better, indices[i], best);
            for (var k = 0; k < Size; k++)
            {
                levels[k] = Lanes512.Select(better, coded[k], levels[k]);
            }
        }

        index = best;
        return minimum;
    }

    /// <summary>What levels that are there already cost.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static Lanes512 Cost(in GroupFactor group, Lanes512* weights, Lanes512* targets, Lanes512* levels)
    {
        Lanes512 cost = default;
        var errors = stackalloc Lanes512[Size];
        for (var k = 0; k < group.Width; k++)
        {
            var target = Target(group, targets, errors, k);
            errors[k] = levels[k] - weights[k];
            var distance = levels[k] - target;
            cost += distance * distance * Lanes512.Create(group.Pivots[k]);
        }

        return cost;
    }

    private static Lanes512 Code(
        in GroupFactor group, Lanes512* weights, Lanes512* targets, in ProfileLevels<Lanes512, TPlanes> profileLevels, Lanes512* levels, Lanes512* errors)
    {
        Lanes512 cost = default;
        var signBit = Lanes512.Create(-0f);
        for (var k = 0; k < group.Width; k++)
        {
            var target = Target(group, targets, errors, k);
            levels[k] = profileLevels.Nearest(target, signBit, out _, out _, out _, out _);
            errors[k] = levels[k] - weights[k];
            var distance = levels[k] - target;
            cost += distance * distance * Lanes512.Create(group.Pivots[k]);
        }

        return cost;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes512 Target(in GroupFactor group, Lanes512* targets, Lanes512* errors, int k)
    {
        var target = targets[k];
        var column = group.Factor + k * Size;
        for (var i = 0; i < k; i++)
        {
            target -= errors[i] * Lanes512.Create(column[i]);
        }

        return target;
    }

    // The profiles of smallest error, each column taken alone, in rising order of their error.
    private void List(in GroupFactor group, Lanes512* targets, Lanes512* costs, Lanes512* indices)
    {
        var pivots = stackalloc Lanes512[Size];
        for (var k = 0; k < Size; k++)
        {
            pivots[k] = Lanes512.Create(group.Pivots[k]);
        }

        var length = Math.Min(shortlist, profiles);
        new Span<Lanes512>(costs, length).Fill(Lanes512.Create(float.PositiveInfinity));
        new Span<Lanes512>(indices, length).Clear();
        for (var p = 0; p < profiles; p++)
        {
            var cost = ProfileSearch<Lanes512, TPlanes>.Error(targets, pivots, new ProfileLevels<Lanes512, TPlanes>(table + p * (TPlanes.Count + 1)));
            var index = Lanes512.Create((float)p);
            for (var i = 0; i < length; i++)
            {
                var better = Lanes512.Less(cost, costs[i]);
                var (kept, keptIndex) = (costs[i], indices[i]);
                costs[i] = Lanes512.Min(cost, kept);
                indices[i] = Lanes512.Select(better, index, keptIndex);
                cost = Lanes512.Max(cost, kept);
                index = Lanes512.Select(better, keptIndex, index);
            }
        }
    }
}
