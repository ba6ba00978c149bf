using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.ShiftAdd.Codebook;

/// <summary>
/// Beam search for the indices of one row within a super-block. A partial choice is judged by the error of its final columns and, at a discount, of
/// those that later vectors can still change. Two that leave the same vectors open have the same future: at the end of a quad only the better one is kept.
/// </summary>
/// <remarks>
/// The 16 vectors of a choice are the 16 lanes of a vector of floats; lanes never meet and sums have a fixed order, so the machine does not matter.
/// </remarks>
internal sealed unsafe partial class BeamSearch : IDisposable
{
    private const int Lanes = CodebookStage.Vectors;

    /// <summary>Largest number of partial choices: a parent and an index take 16 bits.</summary>
    public const int MaxBeam = 1 << 12;

    private const int MaxRounds = 40;
    private const float MinSpread = 1e-6f;

    private readonly SearchTables tables;
    private readonly SearchPlan plan;
    private readonly int beam;
    private readonly int window;
    private readonly int slotCount;
    private readonly void* workspace;

    private readonly float* target;
    private readonly float* scores;
    private readonly int* parents;
    private readonly int* groups;
    private readonly int* slots;
    private readonly ushort* trace;

    private float* residuals;
    private float* nextResiduals;
    private float* done;
    private float* nextDone;
    private ulong* states;
    private ulong* nextStates;
    private int count;

    private float spread;

    /// <param name="tables">The vectors and costs of the block.</param>
    /// <param name="beam">Partial choices that are kept, 1 to 4096.</param>
    public BeamSearch(SearchTables tables, int beam)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(beam, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(beam, MaxBeam);
        this.tables = tables;
        this.beam = beam;
        plan = tables.Plan;
        curvature = tables.Curvature;
        window = plan.Window;
        slotCount = (int)BitOperations.RoundUpToPowerOf2((uint)beam * 4);

        nuint size = 0;
        nuint Take(long bytes)
        {
            var at = size;
            size += (nuint)((bytes + 63) & ~63L);
            return at;
        }

        var targetAt = Take((tables.Columns + 2L * window) * sizeof(float));
        var scoresAt = Take((long)beam * Lanes * sizeof(float));
        var parentsAt = Take((long)beam * Lanes * sizeof(int));
        var groupsAt = Take((long)beam * sizeof(int));
        var slotsAt = Take((long)slotCount * sizeof(int));
        var residualsAt = Take((long)beam * window * sizeof(float));
        var nextResidualsAt = Take((long)beam * window * sizeof(float));
        var doneAt = Take((long)beam * sizeof(float));
        var nextDoneAt = Take((long)beam * sizeof(float));
        var statesAt = Take((long)beam * sizeof(ulong));
        var nextStatesAt = Take((long)beam * sizeof(ulong));
        var traceAt = Take((long)beam * tables.Steps * sizeof(ushort));
        var past = curvature is null ? 0L : beam;
        var incomingAt = Take((curvature is null ? 0L : 1) * PastColumns * CodebookStage.PlaneStride * sizeof(float));
        var pastsAt = Take(past * PastColumns * sizeof(float));
        var nextPastsAt = Take(past * PastColumns * sizeof(float));
        var originsAt = Take((long)beam * sizeof(int));
        var nextOriginsAt = Take((long)beam * sizeof(int));
        workspace = NativeMemory.AlignedAlloc(size, 64);
        var start = (byte*)workspace;
        target = (float*)(start + targetAt);
        scores = (float*)(start + scoresAt);
        parents = (int*)(start + parentsAt);
        groups = (int*)(start + groupsAt);
        slots = (int*)(start + slotsAt);
        residuals = (float*)(start + residualsAt);
        nextResiduals = (float*)(start + nextResidualsAt);
        done = (float*)(start + doneAt);
        nextDone = (float*)(start + nextDoneAt);
        states = (ulong*)(start + statesAt);
        nextStates = (ulong*)(start + nextStatesAt);
        trace = (ushort*)(start + traceAt);
        incoming = (float*)(start + incomingAt);
        pasts = (float*)(start + pastsAt);
        nextPasts = (float*)(start + nextPastsAt);
        origins = (int*)(start + originsAt);
        nextOrigins = (int*)(start + nextOriginsAt);
    }

    public void Dispose() => NativeMemory.AlignedFree(workspace);

    /// <summary>Chooses the indices of a row.</summary>
    /// <param name="row">[columns]: the weights in units of the super-scale.</param>
    /// <param name="indices">[steps]: the indices in the order of the plan.</param>
    /// <param name="cancellation">Ends the work.</param>
    public void Encode(ReadOnlySpan<float> row, Span<byte> indices, CancellationToken cancellation)
    {
        var columns = tables.Columns;
        row.CopyTo(new Span<float>(target, columns));
        new Span<float>(target + columns, 2 * window).Clear();

        count = 1;
        new Span<float>(target, window).CopyTo(new Span<float>(residuals, window));
        done[0] = 0;
        states[0] = 0;
        spread = 1;
        if (curvature is not null)
        {
            new Span<float>(pasts, PastColumns).Clear();
        }

        var step = 0;
        for (var quad = 0; quad * CodebookStage.PlaneStride < columns; quad++)
        {
            cancellation.ThrowIfCancellationRequested();
            var phase = quad % plan.Phases;
            var steps = plan.Steps(phase);
            for (var entry = 0; entry < count; entry++)
            {
                origins[entry] = entry;
            }

            for (var i = 0; i < steps.Length; i++, step++)
            {
                var number = plan.Number(phase, i);
                var span = plan.Stages[steps[i].Stage].Span;
                var traced = trace + (nint)step * beam;
                if (steps[i].Last)
                {
                    var slot = 15UL << (4 * steps[i].Slot);
                    var rows = Group(plan.ActiveMasks[phase] & ~slot);
                    ScoreMerged(number, step, phase, span, rows);
                    Select(rows * Lanes, number, steps[i], traced, merged: true);
                    if (curvature is null)
                    {
                        Finish(step, quad, plan.ActiveMasks[phase]);
                    }
                    else
                    {
                        FinishCurved(quad, plan.ActiveMasks[phase]);
                    }
                }
                else
                {
                    Score(number, step, phase, span);
                    Select(count * Lanes, number, steps[i], traced, merged: false);
                }
            }
        }

        Trace(indices[..step]);
    }

    // The rest of the row, best first, back to its start.
    private void Trace(Span<byte> indices)
    {
        var entry = 0;
        for (var i = 1; i < count; i++)
        {
            entry = done[i] < done[entry] ? i : entry;
        }

        for (var step = indices.Length - 1; step >= 0; step--)
        {
            var choice = trace[(nint)step * beam + entry];
            indices[step] = (byte)(choice & 15);
            entry = choice >> 4;
        }
    }

    // Numbers the partial choices so that those with the same open vectors have the same number.
    private int Group(ulong mask)
    {
        new Span<int>(slots, slotCount).Fill(-1);
        var shift = 64 - BitOperations.Log2((uint)slotCount);
        var number = 0;
        for (var entry = 0; entry < count; entry++)
        {
            var state = states[entry] & mask;
            var slot = (int)((state * 0x9E3779B97F4A7C15UL) >> shift);
            while (slots[slot] >= 0 && (states[slots[slot]] & mask) != state)
            {
                slot = (slot + 1) & (slotCount - 1);
            }

            if (slots[slot] < 0)
            {
                slots[slot] = entry;
                groups[entry] = number++;
            }
            else
            {
                groups[entry] = groups[slots[slot]];
            }
        }

        return number;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float Base(float* residual, int step, float* cost, float* slopes, float doneCost)
    {
        if (curvature is not null)
        {
            return doneCost + CurvedBase(residual, curvature.Costs(step), slopes);
        }

        var sum = Vector512<float>.Zero;
        for (var place = 0; place < window; place += Lanes)
        {
            var value = Vector512.Load(residual + place);
            var slope = value * Vector512.Load(cost + place);
            sum += value * slope;
            (slope * -2f).Store(slopes + place);
        }

        return doneCost + Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Costs(float* slopes, float* byColumn, int first, int span, int window, Vector512<float> sum)
    {
        for (var ahead = 0; ahead < span; ahead += 4)
        {
            var at = slopes + ((first + ahead) & (window - 1));
            var column = byColumn + ahead * Lanes;
            sum += Vector512.Create(at[0]) * Vector512.Load(column);
            sum += Vector512.Create(at[1]) * Vector512.Load(column + Lanes);
            sum += Vector512.Create(at[2]) * Vector512.Load(column + 2 * Lanes);
            sum += Vector512.Create(at[3]) * Vector512.Load(column + 3 * Lanes);
        }

        return sum;
    }

    // Sixteen scores for each partial choice.
    private void Score(int number, int step, int phase, int span)
    {
        var cost = tables.Costs(step);
        var byColumn = tables.ByColumn(number);
        var own = Vector512.Load(cost + window);
        var slopes = stackalloc float[window];
        for (var entry = 0; entry < count; entry++)
        {
            var begin = Base(residuals + (nint)entry * window, step, cost, slopes, done[entry]);
            Costs(slopes, byColumn, phase * CodebookStage.PlaneStride, span, window, Vector512.Create(begin) + own).Store(scores + (nint)entry * Lanes);
        }
    }

    // Sixteen scores for each number of Group, of the best partial choice that has it.
    private void ScoreMerged(int number, int step, int phase, int span, int rows)
    {
        new Span<float>(scores, rows * Lanes).Fill(float.PositiveInfinity);
        var cost = tables.Costs(step);
        var byColumn = tables.ByColumn(number);
        var own = Vector512.Load(cost + window);
        var slopes = stackalloc float[window];
        for (var entry = 0; entry < count; entry++)
        {
            var begin = Base(residuals + (nint)entry * window, step, cost, slopes, done[entry]);
            var found = Costs(slopes, byColumn, phase * CodebookStage.PlaneStride, span, window, Vector512.Create(begin) + own);
            var place = (nint)groups[entry] * Lanes;
            var best = Vector512.Load(scores + place);
            var better = Vector512.LessThan(found, best);
            Vector512.ConditionalSelect(better, found, best).Store(scores + place);
            Vector512.ConditionalSelect(better.AsInt32(), Vector512.Create(entry), Vector512.Load(parents + place)).Store(parents + place);
        }
    }

    private void Select(int candidates, int number, SearchStep step, ushort* traced, bool merged)
    {
        var threshold = candidates <= beam ? float.PositiveInfinity : Threshold(candidates);
        var byVector = tables.ByVector(number);
        var shift = 4 * step.Slot;
        var mask = ~(15UL << shift);
        var taken = 0;
        var limit = Vector512.Create(threshold);
        for (var first = 0; first < candidates && taken < beam; first += Lanes)
        {
            var bits = Vector512.LessThanOrEqual(Vector512.Load(scores + first), limit).ExtractMostSignificantBits();
            for (; bits != 0 && taken < beam; bits &= bits - 1)
            {
                var vector = BitOperations.TrailingZeroCount(bits);
                var entry = merged ? parents[first + vector] : first / Lanes;
                traced[taken] = (ushort)(entry << 4 | vector);
                nextStates[taken] = (states[entry] & mask) | (ulong)vector << shift;
                nextDone[taken] = done[entry];
                nextOrigins[taken] = origins[entry];
                var source = residuals + (nint)entry * window;
                var destination = nextResiduals + (nint)taken * window;
                var change = byVector + vector * window;
                for (var place = 0; place < window; place += Lanes)
                {
                    (Vector512.Load(source + place) - Vector512.Load(change + place)).Store(destination + place);
                }

                taken++;
            }
        }

        count = taken;
        var oldResiduals = residuals;
        residuals = nextResiduals;
        nextResiduals = oldResiduals;
        var oldDone = done;
        done = nextDone;
        nextDone = oldDone;
        var oldStates = states;
        states = nextStates;
        nextStates = oldStates;
        var oldOrigins = origins;
        origins = nextOrigins;
        nextOrigins = oldOrigins;
    }

    // A score that at most as many candidates as the beam holds, and not many fewer, do not exceed; the lowest score where more than that share it.
    private float Threshold(int candidates)
    {
        var lowest = Vector512.Load(scores);
        for (var first = Lanes; first < candidates; first += Lanes)
        {
            lowest = Vector512.Min(lowest, Vector512.Load(scores + first));
        }

        var start = Lowest(lowest);
        var low = start;
        var high = float.PositiveInfinity;
        var width = Math.Max(spread, MinSpread);
        for (var round = 0; round < MaxRounds; round++)
        {
            var middle = float.IsInfinity(high) ? start + width : low + (high - low) * 0.5f;
            var found = AtMost(middle, candidates);
            if (found > beam)
            {
                high = middle;
            }
            else
            {
                low = middle;
                width *= 2;
                if (found >= beam - beam / 8)
                {
                    break;
                }
            }
        }

        spread = low - start;
        return low;
    }

    private int AtMost(float threshold, int candidates)
    {
        var limit = Vector512.Create(threshold);
        var negative = Vector512<int>.Zero;
        for (var first = 0; first < candidates; first += Lanes)
        {
            negative += Vector512.LessThanOrEqual(Vector512.Load(scores + first), limit).AsInt32();
        }

        return -Vector512.Sum(negative);
    }

    // The quad's columns are final: their error is done, and their places take the columns that come into the window.
    private void Finish(int step, int quad, ulong mask)
    {
        var column = quad * CodebookStage.PlaneStride;
        var place = column & (window - 1);
        var cost = Vector128.Load(tables.Costs(step) + place);
        var next = Vector128.Load(target + Math.Min(column + window, tables.Columns + window - CodebookStage.PlaneStride));
        var lowest = float.PositiveInfinity;
        for (var entry = 0; entry < count; entry++)
        {
            var at = residuals + (nint)entry * window + place;
            var value = Vector128.Load(at);
            var error = value * value * cost;
            done[entry] += (error[0] + error[1]) + (error[2] + error[3]);
            lowest = Math.Min(lowest, done[entry]);
            next.Store(at);
            states[entry] &= mask;
        }

        // Only differences matter; small numbers keep them exact.
        for (var entry = 0; entry < count; entry++)
        {
            done[entry] -= lowest;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Sum(Vector512<float> value)
    {
        var eight = value.GetLower() + value.GetUpper();
        var four = eight.GetLower() + eight.GetUpper();
        return (four[0] + four[1]) + (four[2] + four[3]);
    }

    private static float Lowest(Vector512<float> value)
    {
        var eight = Vector256.Min(value.GetLower(), value.GetUpper());
        var four = Vector128.Min(eight.GetLower(), eight.GetUpper());
        return Math.Min(Math.Min(four[0], four[1]), Math.Min(four[2], four[3]));
    }
}
