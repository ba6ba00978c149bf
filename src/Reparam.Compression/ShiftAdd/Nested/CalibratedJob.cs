using Reparam.Compression.SecondOrder;
using Reparam.Compression.Simd;

namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>Codes the rows of a row tile under H; docs/engineering/shiftadd.md, Nested profiles.</summary>
internal sealed unsafe class CalibratedJob<TPlanes>
    where TPlanes : struct, IPlanes
{
    private const int Size = GroupTile.Size;
    private const int LocalRounds = 3;

    // A change that single precision cannot tell from none is not one.
    private const float Certain = 1 - 1e-5f;

    private readonly CalibratedOrder order;
    private readonly NestedLevels levels;
    private readonly NestedEffort effort;
    private readonly int sweeps;
    private readonly bool compensate;
    private readonly int[] begins;
    private readonly float[] compensated;
    private readonly float[] held;

    public CalibratedJob(CalibratedOrder order, NestedLevels levels, NestedEffort effort, ShiftAddAttribute options)
    {
        this.order = order;
        this.levels = levels;
        this.effort = effort;
        sweeps = options.Sweeps < 0 ? effort.Sweeps : options.Sweeps;
        compensate = options.Compensate;
        var columns = order.ColumnAt.Length;
        begins = new int[order.Groups.Length + 1];
        compensated = new float[order.Groups.Length * GroupFactor.Floats];
        held = new float[order.Groups.Length * GroupFactor.Floats];
        for (var i = 0; i < order.Groups.Length; i++)
        {
            var width = Math.Min(Size, columns - order.Groups[i] * Size);
            begins[i + 1] = begins[i] + width;
            var place = i * GroupFactor.Floats;
            GroupFactor.Take(order.Compensation.Factor, order.Compensation.Pivots, begins[i], width, compensated.AsSpan(place, GroupFactor.Floats));
            GroupFactor.Form(order.Hessian, columns, begins[i], width, held.AsSpan(place, GroupFactor.Floats));
        }
    }

    /// <summary>Codes a row tile: reads weights, units and inverses; writes levels, values and profiles.</summary>
    public void Encode(NestedRowTile tile, CancellationToken cancellation)
    {
        fixed (float* table = levels.Units, hessian = order.Hessian, factor = order.Compensation.Factor, compensatedFactors = compensated, heldFactors = held)
        {
            var choice = new GroupChoice<TPlanes>(table, levels.Profiles, Math.Max(effort.Shortlist, levels.Profiles / 16));
            CodeGroups(tile, choice, factor, compensatedFactors, cancellation);
            tile.FormGradient(hessian);
            for (var sweep = 0; sweep < sweeps; sweep++)
            {
                if (!Sweep(tile, choice, table, hessian, heldFactors, cancellation))
                {
                    break;
                }
            }
        }
    }

    // Group after group, each for targets that make up for the errors of those before it.
    private void CodeGroups(NestedRowTile tile, in GroupChoice<TPlanes> choice, float* factor, float* factors, CancellationToken cancellation)
    {
        var (columns, lanes) = (tile.Columns, tile.Lanes);
        new ReadOnlySpan<float>(tile.Weights, columns * lanes).CopyTo(new Span<float>(tile.Targets, columns * lanes));
        var weights = stackalloc Lanes512[Size];
        var targets = stackalloc Lanes512[Size];
        var chosen = stackalloc Lanes512[Size];
        for (var i = 0; i < order.Groups.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var begin = begins[i];
            var group = new GroupFactor(begins[i + 1] - begin, factors + i * GroupFactor.Floats);
            for (var lane = 0; lane < lanes; lane += Lanes512.Count)
            {
                var unit = Lanes512.Load(tile.Units + i * lanes + lane);
                var inverse = Lanes512.Load(tile.Inverses + i * lanes + lane);
                for (var k = 0; k < group.Width; k++)
                {
                    var place = (begin + k) * lanes + lane;
                    weights[k] = Lanes512.Load(tile.Weights + place) * inverse;
                    targets[k] = Lanes512.Load(tile.Targets + place) * inverse;
                }

                choice.Choose(group, weights, targets, chosen, out var index);
                index.Store(tile.Profiles + i * lanes + lane);
                for (var k = 0; k < group.Width; k++)
                {
                    var place = (begin + k) * lanes + lane;
                    chosen[k].Store(tile.Levels + place);
                    var value = chosen[k] * unit;
                    value.Store(tile.Values + place);
                    (Lanes512.Load(tile.Weights + place) - value).Store(tile.Delta + k * lanes + lane);
                }
            }

            if (compensate)
            {
                for (var k = 0; k < group.Width; k++)
                {
                    tile.Chosen[k] = begin + k;
                }

                RankUpdate.Add(tile.Targets, lanes, begins[i + 1], columns, factor, columns, tile.Chosen, group.Width, tile.Delta);
            }
        }
    }

    // Every group once: another profile with other codes where that lowers the error, then single codes.
    private bool Sweep(NestedRowTile tile, in GroupChoice<TPlanes> choice, float* table, float* hessian, float* factors, CancellationToken cancellation)
    {
        var (columns, lanes) = (tile.Columns, tile.Lanes);
        var moved = false;
        for (var i = 0; i < order.Groups.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var begin = begins[i];
            var group = new GroupFactor(begins[i + 1] - begin, factors + i * GroupFactor.Floats);
            var here = false;
            for (var lane = 0; lane < lanes; lane += Lanes512.Count)
            {
                here |= Improve(tile, choice, table, hessian + (nint)begin * columns + begin, group, i, begin, lane);
            }

            if (!here)
            {
                continue;
            }

            moved = true;
            for (var k = 0; k < group.Width; k++)
            {
                tile.Chosen[k] = begin + k;
            }

            RankUpdate.Add(tile.Gradient, lanes, 0, columns, hessian, columns, tile.Chosen, group.Width, tile.Delta);
        }

        return moved;
    }

    // Leaves the change of the values in Delta.
    private bool Improve(NestedRowTile tile, in GroupChoice<TPlanes> choice, float* table, float* hessian, in GroupFactor group, int place, int begin, int lane)
    {
        var lanes = tile.Lanes;
        var unit = Lanes512.Load(tile.Units + place * lanes + lane);
        var inverse = Lanes512.Load(tile.Inverses + place * lanes + lane);
        var old = stackalloc Lanes512[Size];
        var present = stackalloc Lanes512[Size];
        var gradient = stackalloc Lanes512[Size];
        var targets = stackalloc Lanes512[Size];
        var chosen = stackalloc Lanes512[Size];
        for (var k = 0; k < group.Width; k++)
        {
            var at = (begin + k) * lanes + lane;
            old[k] = present[k] = Lanes512.Load(tile.Levels + at);
            gradient[k] = Lanes512.Load(tile.Gradient + at) * inverse;
        }

        Minimum(group, present, gradient, targets);
        var cost = GroupChoice<TPlanes>.Cost(group, targets, targets, present);
        var minimum = choice.Choose(group, targets, targets, chosen, out var index);
        var better = Lanes512.Less(minimum, cost * Lanes512.Create(Certain));
        var profile = Lanes512.Select(better, index, Lanes512.Load(tile.Profiles + place * lanes + lane));
        profile.Store(tile.Profiles + place * lanes + lane);
        for (var k = 0; k < group.Width; k++)
        {
            present[k] = Lanes512.Select(better, chosen[k], present[k]);
            Add(gradient, hessian + (nint)k * tile.Columns, present[k] - old[k], group.Width);
        }

        var entries = stackalloc Lanes512[5];
        GroupTile.Gather(table, TPlanes.Count + 1, profile, entries);
        MoveCodes(new ProfileLevels<Lanes512, TPlanes>(entries), hessian, tile.Columns, present, gradient, group.Width);
        var moved = false;
        for (var k = 0; k < group.Width; k++)
        {
            var at = (begin + k) * lanes + lane;
            moved |= !Lanes512.AllEqual(present[k], old[k]);
            present[k].Store(tile.Levels + at);
            var value = present[k] * unit;
            (value - Lanes512.Load(tile.Values + at)).Store(tile.Delta + k * lanes + lane);
            value.Store(tile.Values + at);
        }

        return moved;
    }

    // x = present − H⁻¹·gradient: where the error of the group would be smallest if every value were allowed.
    private static void Minimum(in GroupFactor group, Lanes512* present, Lanes512* gradient, Lanes512* x)
    {
        for (var i = group.Width - 1; i >= 0; i--)
        {
            x[i] = gradient[i];
            for (var k = i + 1; k < group.Width; k++)
            {
                x[i] -= x[k] * Lanes512.Create(group.Factor[k * Size + i]);
            }
        }

        for (var k = 0; k < group.Width; k++)
        {
            x[k] /= Lanes512.Create(group.Pivots[k]);
            for (var i = 0; i < k; i++)
            {
                x[k] -= x[i] * Lanes512.Create(group.Factor[k * Size + i]);
            }
        }

        for (var k = 0; k < group.Width; k++)
        {
            x[k] = present[k] - x[k];
        }
    }

    private static void MoveCodes(
        in ProfileLevels<Lanes512, TPlanes> profileLevels, float* hessian, int columns, Lanes512* present, Lanes512* gradient, int width)
    {
        var signBit = Lanes512.Create(-0f);
        for (var round = 0; round < LocalRounds; round++)
        {
            var moved = false;
            for (var k = 0; k < width; k++)
            {
                var target = present[k] - gradient[k] * Lanes512.Create(1 / hessian[(nint)k * columns + k]);
                var nearest = profileLevels.Nearest(target, signBit, out _, out _, out _, out _);
                var better = Lanes512.Less(Lanes512.Abs(nearest - target), Lanes512.Abs(present[k] - target) * Lanes512.Create(Certain));
                var change = Lanes512.Select(better, nearest - present[k], default);
                if (Lanes512.AllEqual(change, default))
                {
                    continue;
                }

                moved = true;
                present[k] += change;
                Add(gradient, hessian + (nint)k * columns, change, width);
            }

            if (!moved)
            {
                break;
            }
        }
    }

    private static void Add(Lanes512* gradient, float* row, Lanes512 change, int width)
    {
        for (var k = 0; k < width; k++)
        {
            gradient[k] += change * Lanes512.Create(row[k]);
        }
    }
}
