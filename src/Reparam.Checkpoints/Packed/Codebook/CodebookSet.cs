namespace Reparam.Checkpoints.Packed;

/// <summary>
/// The learned vectors of a codebook layout: small integers in units of a step. One set serves one matrix, or all matrices of a file that were
/// coded with it.
/// </summary>
public sealed class CodebookSet
{
    /// <summary>Largest number of stages.</summary>
    public const int MaxStages = 8;

    /// <summary>Takes a set; it is kept, not copied.</summary>
    /// <param name="stages">1 to 8 stages: 1 to 4 planes (stride 4), then the others, strides ascending.</param>
    /// <param name="step">Value of one unit, relative to the super-scale; finite and above 0.</param>
    /// <param name="entries">Stage after stage [16, span], −127 to 127.</param>
    /// <exception cref="ArgumentException">A value is out of range, or a length does not fit.</exception>
    public CodebookSet(IReadOnlyList<CodebookStage> stages, float step, ReadOnlyMemory<sbyte> entries)
    {
        ArgumentNullException.ThrowIfNull(stages);
        if (Problem(stages) is { } problem)
        {
            throw new ArgumentException(problem, nameof(stages));
        }

        if (!(step > 0) || !float.IsFinite(step))
        {
            throw new ArgumentOutOfRangeException(nameof(step), step, "a step is finite and above 0");
        }

        if (entries.Length != EntriesOf(stages))
        {
            throw new ArgumentException($"entries has {entries.Length} elements; the stages need {EntriesOf(stages)}", nameof(entries));
        }

        Stages = [.. stages];
        Step = step;
        Entries = entries;
        Stored = CodedTable.Of([entries.Length], entries.Span);
    }

    /// <summary>The stages: planes first, strides ascending.</summary>
    public IReadOnlyList<CodebookStage> Stages { get; }

    /// <summary>Number of planes.</summary>
    public int Bits => Stages.Count(static stage => stage.IsPlane);

    /// <summary>Value of one unit, relative to the super-scale.</summary>
    public float Step { get; }

    /// <summary>Stage after stage [16, span].</summary>
    public ReadOnlyMemory<sbyte> Entries { get; }

    /// <summary>The vectors as a file stores them.</summary>
    internal CodedTable Stored { get; }

    /// <summary>Columns that every super-block is a multiple of.</summary>
    public int Alignment => Stages[^1].Stride;

    /// <summary>Integers of all vectors of the stages.</summary>
    public static int EntriesOf(IReadOnlyList<CodebookStage> stages) => stages.Sum(static stage => stage.Entries);

    /// <summary>What keeps the stages from being a codebook layout; null when they are one.</summary>
    public static string? Problem(IReadOnlyList<CodebookStage> stages)
    {
        if (stages.Count is < 1 or > MaxStages)
        {
            return $"there are {stages.Count} stages; a codebook has 1 to {MaxStages}";
        }

        var planes = 0;
        for (var i = 0; i < stages.Count; i++)
        {
            var stage = stages[i];
            if (!stage.IsValid)
            {
                return $"stage {i} has stride {stage.Stride} and span {stage.Span}; strides are 4, 8, 16 and 32, a span is a multiple of its stride and at "
                    + $"most {CodebookStage.MaxSpan}";
            }

            if (i > 0 && stage.Stride < stages[i - 1].Stride)
            {
                return $"stage {i} has stride {stage.Stride} after {stages[i - 1].Stride}; strides ascend";
            }

            planes += stage.IsPlane ? 1 : 0;
        }

        return planes is >= 1 and <= PlanesMatrix.MaxBits
            ? null
            : $"{planes} stages have stride {CodebookStage.PlaneStride}; 1 to {PlanesMatrix.MaxBits} are planes";
    }

    /// <summary>The vectors of a stage, [16, span].</summary>
    public ReadOnlySpan<sbyte> Vectors(int stage)
    {
        var start = 0;
        for (var i = 0; i < stage; i++)
        {
            start += Stages[i].Entries;
        }

        return Entries.Span.Slice(start, Stages[stage].Entries);
    }

    /// <summary>The largest sum of absolute elements of a stage's vectors.</summary>
    /// <param name="stage">Index into <see cref="Stages"/>.</param>
    public int MaxVectorSum(int stage)
    {
        var vectors = Vectors(stage);
        var max = 0;
        for (var start = 0; start < vectors.Length; start += Stages[stage].Span)
        {
            var sum = 0;
            foreach (var element in vectors.Slice(start, Stages[stage].Span))
            {
                sum += Math.Abs((int)element);
            }

            max = Math.Max(max, sum);
        }

        return max;
    }
}
