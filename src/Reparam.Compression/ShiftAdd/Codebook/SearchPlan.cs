using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.ShiftAdd.Codebook;

/// <summary>One choice of the search: an index of a stage at a quad.</summary>
/// <param name="Stage">Stage of the codebook.</param>
/// <param name="Phase">Quad of the choice modulo the quads of a window.</param>
/// <param name="Slot">Nibble of the state that holds the choice.</param>
/// <param name="Last">Whether it is the quad's last one: its four columns are then final.</param>
internal readonly record struct SearchStep(int Stage, int Phase, int Slot, bool Last);

/// <summary>
/// The order in which a row's indices are chosen, and what of it depends on the stages alone. The columns that a choice can touch lie in a window of
/// 16 or 32 columns that moves on by a quad; column k stands at place k mod window.
/// </summary>
internal sealed class SearchPlan
{
    /// <summary>Nibbles that tell two states of the search apart.</summary>
    public const int MaxSlots = 16;

    private readonly SearchStep[][] steps;
    private readonly float[][] weights;
    private readonly int[] firstWeights;

    /// <param name="stages">The stages.</param>
    /// <param name="openness">
    /// What an error costs in a column that a bit a weight of later choices can still change, as a fraction of its cost when it is final; two bits: its square.
    /// </param>
    public SearchPlan(IReadOnlyList<CodebookStage> stages, double openness)
    {
        Stages = [.. stages];
        Window = Stages.Max(static stage => stage.Span) > 16 ? 32 : 16;
        Phases = Window / CodebookStage.PlaneStride;
        if (Array.Find(Stages, stage => Window % stage.Span != 0) is { Span: > 0 } odd)
        {
            throw new ArgumentException($"a stage has span {odd.Span}; the search takes powers of two", nameof(stages));
        }

        var slots = new int[Stages.Length];
        var used = 0;
        for (var stage = 0; stage < Stages.Length; stage++)
        {
            slots[stage] = used;
            used += Stages[stage].Span / Stages[stage].Stride;
        }

        if (used > MaxSlots)
        {
            throw new ArgumentException($"the vectors of the stages overlap {used}-fold; the search takes {MaxSlots}", nameof(stages));
        }

        // Wide vectors first: the narrow ones correct what is left.
        var order = Enumerable.Range(0, Stages.Length).OrderByDescending(stage => Stages[stage].Stride).ThenBy(static stage => stage).ToArray();
        steps = new SearchStep[Phases][];
        ActiveMasks = new ulong[Phases];
        for (var phase = 0; phase < Phases; phase++)
        {
            var here = order.Where(stage => phase * CodebookStage.PlaneStride % Stages[stage].Stride == 0).ToArray();
            steps[phase] = new SearchStep[here.Length];
            for (var i = 0; i < here.Length; i++)
            {
                var stage = Stages[here[i]];
                var position = phase * CodebookStage.PlaneStride / stage.Stride;
                steps[phase][i] = new SearchStep(here[i], phase, slots[here[i]] + position % (stage.Span / stage.Stride), i == here.Length - 1);
            }

            ActiveMasks[phase] = ActiveMask(phase, slots);
        }

        firstWeights = new int[Phases];
        for (var phase = 1; phase < Phases; phase++)
        {
            firstWeights[phase] = firstWeights[phase - 1] + steps[phase - 1].Length;
        }

        weights = new float[firstWeights[^1] + steps[^1].Length][];
        for (var phase = 0; phase < Phases; phase++)
        {
            for (var i = 0; i < steps[phase].Length; i++)
            {
                weights[firstWeights[phase] + i] = WeightsAfter(phase, i, openness);
            }
        }
    }

    public CodebookStage[] Stages { get; }

    /// <summary>Columns of the window, 16 or 32.</summary>
    public int Window { get; }

    /// <summary>Quads of the window.</summary>
    public int Phases { get; }

    /// <summary>Per phase, the nibbles of the state whose vectors reach past the quad.</summary>
    public ulong[] ActiveMasks { get; }

    /// <summary>The choices at a quad, in order.</summary>
    public ReadOnlySpan<SearchStep> Steps(int phase) => steps[phase];

    /// <summary>Number of the choice among those of a whole window.</summary>
    public int Number(int phase, int step) => firstWeights[phase] + step;

    /// <summary>Choices of a whole window.</summary>
    public int StepsOfWindow => weights.Length;

    /// <summary>The choice of a number.</summary>
    public SearchStep Step(int number)
    {
        var phase = Array.FindLastIndex(firstWeights, first => first <= number);
        return steps[phase][number - firstWeights[phase]];
    }

    /// <summary>[window]: after a choice, what an error costs at each place, 1 where the column is final.</summary>
    public ReadOnlySpan<float> Weights(int number) => weights[number];

    /// <summary>[columns]: the sum of the vectors that the indices choose.</summary>
    /// <param name="vectors">Stage after stage [16, span].</param>
    /// <param name="indices">Indices in the order of the plan.</param>
    /// <param name="columns">Columns of the row.</param>
    public float[] Sum(ReadOnlySpan<float> vectors, ReadOnlySpan<byte> indices, int columns)
    {
        var sum = new float[columns];
        var next = 0;
        for (var begin = 0; begin < columns; begin += CodebookStage.PlaneStride)
        {
            foreach (var step in steps[begin / CodebookStage.PlaneStride % Phases])
            {
                var span = Stages[step.Stage].Span;
                var vector = vectors.Slice(EntriesBefore(step.Stage) + indices[next++] * span, Math.Min(span, columns - begin));
                for (var ahead = 0; ahead < vector.Length; ahead++)
                {
                    sum[begin + ahead] += vector[ahead];
                }
            }
        }

        return sum;
    }

    /// <summary>Entries of the stages before one.</summary>
    public int EntriesBefore(int stage)
    {
        var entries = 0;
        for (var i = 0; i < stage; i++)
        {
            entries += Stages[i].Entries;
        }

        return entries;
    }

    // The state after a quad holds the vectors that reach past it.
    private ulong ActiveMask(int phase, int[] slots)
    {
        var mask = 0UL;
        var end = (phase + 1) * CodebookStage.PlaneStride;
        for (var stage = 0; stage < Stages.Length; stage++)
        {
            var (stride, span) = Stages[stage];
            var ring = span / stride;
            for (var position = 0; position * stride < end + Window; position++)
            {
                // One window further on, so that the vectors of the window before are there too.
                var begin = position * stride;
                if (begin < end + Window && begin + span > end + Window)
                {
                    mask |= 15UL << (4 * (slots[stage] + position % ring));
                }
            }
        }

        return mask;
    }

    private float[] WeightsAfter(int phase, int step, double openness)
    {
        var result = new float[Window];
        for (var ahead = 0; ahead < Window; ahead++)
        {
            var begin = phase * CodebookStage.PlaneStride;
            var column = begin + ahead;
            var bits = 0.0;
            for (var quad = phase; quad * CodebookStage.PlaneStride <= column; quad++)
            {
                var here = steps[quad % Phases];
                for (var i = quad == phase ? step + 1 : 0; i < here.Length; i++)
                {
                    var span = Stages[here[i].Stage].Span;
                    bits += quad * CodebookStage.PlaneStride + span > column ? 4.0 / span : 0;
                }
            }

            result[column % Window] = (float)Math.Pow(openness, bits);
        }

        return result;
    }
}
