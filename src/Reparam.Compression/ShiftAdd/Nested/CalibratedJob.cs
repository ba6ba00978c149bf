using Reparam.Compression.SecondOrder;
using Reparam.Compression.Simd;

namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>Codes the rows of a slab under H; the steps of docs/methods/shiftadd.md, Nested profiles.</summary>
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

    public CalibratedJob(CalibratedOrder order, NestedLevels levels, NestedEffort effort, ShiftAddOptions options)
    {
        this.order = order;
        this.levels = levels;
        this.effort = effort;
        sweeps = options.Sweeps ?? effort.Sweeps;
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

    /// <summary>Codes a slab: weights, units and inverses are there; levels, values and profiles are left.</summary>
    public void Encode(NestedSlab slab, CancellationToken cancellation)
    {
        fixed (float* table = levels.Units, hessian = order.Hessian, factor = order.Compensation.Factor, compensatedRoom = compensated, heldRoom = held)
        {
            var choice = new GroupChoice<TPlanes>(table, levels.Profiles, Math.Max(effort.Shortlist, levels.Profiles / 16));
            CodeInTurn(slab, choice, factor, compensatedRoom, cancellation);
            slab.FormGradient(hessian);
            for (var sweep = 0; sweep < sweeps; sweep++)
            {
                if (!Sweep(slab, choice, table, hessian, heldRoom, cancellation))
                {
                    break;
                }
            }
        }
    }

    // Group after group, each for targets that make up for the errors of those before it.
    private void CodeInTurn(NestedSlab slab, in GroupChoice<TPlanes> choice, float* factor, float* room, CancellationToken cancellation)
    {
        var (columns, lanes) = (slab.Columns, slab.Lanes);
        new ReadOnlySpan<float>(slab.Weights, columns * lanes).CopyTo(new Span<float>(slab.Targets, columns * lanes));
        var weights = stackalloc Lanes512[Size];
        var targets = stackalloc Lanes512[Size];
        var chosen = stackalloc Lanes512[Size];
        for (var i = 0; i < order.Groups.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var begin = begins[i];
            var group = new GroupFactor(begins[i + 1] - begin, room + i * GroupFactor.Floats);
            for (var lane = 0; lane < lanes; lane += Lanes512.Count)
            {
                var unit = Lanes512.Load(slab.Units + i * lanes + lane);
                var inverse = Lanes512.Load(slab.Inverses + i * lanes + lane);
                for (var k = 0; k < group.Width; k++)
                {
                    var place = (begin + k) * lanes + lane;
                    weights[k] = Lanes512.Load(slab.Weights + place) * inverse;
                    targets[k] = Lanes512.Load(slab.Targets + place) * inverse;
                }

                choice.Choose(group, weights, targets, chosen, out var index);
                index.Store(slab.Profiles + i * lanes + lane);
                for (var k = 0; k < group.Width; k++)
                {
                    var place = (begin + k) * lanes + lane;
                    chosen[k].Store(slab.Levels + place);
                    var value = chosen[k] * unit;
                    value.Store(slab.Values + place);
                    (Lanes512.Load(slab.Weights + place) - value).Store(slab.Delta + k * lanes + lane);
                }
            }

            if (compensate)
            {
                for (var k = 0; k < group.Width; k++)
                {
                    slab.Chosen[k] = begin + k;
                }

                RankUpdate.Add(slab.Targets, lanes, begins[i + 1], columns, factor, columns, slab.Chosen, group.Width, slab.Delta);
            }
        }
    }

    // Every group once: another profile with other codes where that lowers the error, then single codes.
    private bool Sweep(NestedSlab slab, in GroupChoice<TPlanes> choice, float* table, float* hessian, float* room, CancellationToken cancellation)
    {
        var (columns, lanes) = (slab.Columns, slab.Lanes);
        var moved = false;
        for (var i = 0; i < order.Groups.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var begin = begins[i];
            var group = new GroupFactor(begins[i + 1] - begin, room + i * GroupFactor.Floats);
            var here = false;
            for (var lane = 0; lane < lanes; lane += Lanes512.Count)
            {
                here |= Improve(slab, choice, table, hessian + (nint)begin * columns + begin, group, i, begin, lane);
            }

            if (!here)
            {
                continue;
            }

            moved = true;
            for (var k = 0; k < group.Width; k++)
            {
                slab.Chosen[k] = begin + k;
            }

            RankUpdate.Add(slab.Gradient, lanes, 0, columns, hessian, columns, slab.Chosen, group.Width, slab.Delta);
        }

        return moved;
    }

    // Leaves the change of the values in Delta.
    private bool Improve(NestedSlab slab, in GroupChoice<TPlanes> choice, float* table, float* hessian, in GroupFactor group, int place, int begin, int lane)
    {
        var lanes = slab.Lanes;
        var unit = Lanes512.Load(slab.Units + place * lanes + lane);
        var inverse = Lanes512.Load(slab.Inverses + place * lanes + lane);
        var old = stackalloc Lanes512[Size];
        var present = stackalloc Lanes512[Size];
        var gradient = stackalloc Lanes512[Size];
        var targets = stackalloc Lanes512[Size];
        var chosen = stackalloc Lanes512[Size];
        for (var k = 0; k < group.Width; k++)
        {
            var at = (begin + k) * lanes + lane;
            old[k] = present[k] = Lanes512.Load(slab.Levels + at);
            gradient[k] = Lanes512.Load(slab.Gradient + at) * inverse;
        }

        Minimum(group, present, gradient, targets);
        var cost = GroupChoice<TPlanes>.Cost(group, targets, targets, present);
        var least = choice.Choose(group, targets, targets, chosen, out var index);
        var better = Lanes512.Less(least, cost * Lanes512.Create(Certain));
        var profile = Lanes512.Select(better, index, Lanes512.Load(slab.Profiles + place * lanes + lane));
        profile.Store(slab.Profiles + place * lanes + lane);
        for (var k = 0; k < group.Width; k++)
        {
            present[k] = Lanes512.Select(better, chosen[k], present[k]);
            Add(gradient, hessian + (nint)k * slab.Columns, present[k] - old[k], group.Width);
        }

        var entries = stackalloc Lanes512[5];
        GroupTile.Gather(table, TPlanes.Count + 1, profile, entries);
        MoveCodes(new Folding<Lanes512, TPlanes>(entries), hessian, slab.Columns, present, gradient, group.Width);
        var moved = false;
        for (var k = 0; k < group.Width; k++)
        {
            var at = (begin + k) * lanes + lane;
            moved |= !Lanes512.AllEqual(present[k], old[k]);
            present[k].Store(slab.Levels + at);
            var value = present[k] * unit;
            (value - Lanes512.Load(slab.Values + at)).Store(slab.Delta + k * lanes + lane);
            value.Store(slab.Values + at);
        }

        return moved;
    }

    // x = present − H⁻¹·gradient: where the error of the group would be least if every value were allowed.
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

    private static void MoveCodes(in Folding<Lanes512, TPlanes> folding, float* hessian, int columns, Lanes512* present, Lanes512* gradient, int width)
    {
        var signBit = Lanes512.Create(-0f);
        for (var round = 0; round < LocalRounds; round++)
        {
            var moved = false;
            for (var k = 0; k < width; k++)
            {
                var target = present[k] - gradient[k] * Lanes512.Create(1 / hessian[(nint)k * columns + k]);
                var nearest = folding.Nearest(target, signBit, out _, out _, out _, out _);
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
