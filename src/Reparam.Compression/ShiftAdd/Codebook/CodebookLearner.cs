using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.ShiftAdd.Codebook;

/// <summary>
/// Learns vectors from rows in units of their super-scale. It alternates a search for the indices and a joint least-squares fit of all vectors, with a beam
/// that widens.
/// </summary>
internal sealed class CodebookLearner(CodebookPlan plan, int threads, CancellationToken cancellation)
{
    // Standard deviation of the vectors at the start. Each stage finds a share of its own.
    private const double Start = 0.4;

    /// <summary>Learns a set.</summary>
    /// <param name="search">The order of the choices.</param>
    /// <param name="samples">Rows of one or more matrices.</param>
    /// <param name="seed">Seed of the start.</param>
    public CodebookSet Learn(SearchPlan search, IReadOnlyList<CodebookSample> samples, int seed)
    {
        var vectors = new float[CodebookSet.EntriesOf(plan.Stages)];
        if (samples.All(static sample => sample.Rows.Count == 0))
        {
            return new CodebookSet(plan.Stages, 1, new sbyte[vectors.Length]);
        }

        FillStart(vectors, seed);
        foreach (var (beam, rounds) in plan.Learning)
        {
            for (var round = 0; round < rounds; round++)
            {
                var refit = new VectorRefit(search);
                foreach (var (rows, importance) in samples)
                {
                    var indices = RowSearch.Encode(new SearchTables(search, vectors, importance), rows, beam, threads, cancellation);
                    for (var row = 0; row < rows.Count; row++)
                    {
                        refit.Add(rows[row], importance, indices[row]);
                    }
                }

                refit.Solve(vectors);
            }
        }

        return Round(vectors);
    }

    /// <summary>Learns on from a set, under H: the targets of the refit are the compensated weights.</summary>
    /// <param name="search">The order of the choices.</param>
    /// <param name="rows">[rows][columns]: the sample.</param>
    /// <param name="set">The set to begin with.</param>
    /// <param name="curvature">H.</param>
    public CodebookSet Adapt(SearchPlan search, IReadOnlyList<float[]> rows, CodebookSet set, SearchCurvature curvature)
    {
        var vectors = CodebookCoder.Vectors(set);
        var importance = curvature.Pivots[..curvature.Columns].ToArray();
        foreach (var (beam, rounds) in plan.Adapting)
        {
            for (var round = 0; round < rounds && rows.Count > 0; round++)
            {
                var tables = new SearchTables(search, vectors, importance, curvature);
                var indices = RowSearch.Encode(tables, rows, beam, threads, cancellation);
                var refit = new VectorRefit(search);
                for (var row = 0; row < rows.Count; row++)
                {
                    var target = (float[])rows[row].Clone();
                    curvature.Compensate(target, search.Sum(vectors, indices[row], target.Length));
                    refit.Add(target, importance, indices[row]);
                }

                refit.Solve(vectors);
            }
        }

        return Round(vectors);
    }

    // The vectors as small integers.
    private CodebookSet Round(float[] vectors)
    {
        var largest = vectors.Max(Math.Abs);
        var step = largest / sbyte.MaxValue;
        if (!(step > 0))
        {
            return new CodebookSet(plan.Stages, 1, new sbyte[vectors.Length]);
        }

        var integers = Array.ConvertAll(vectors, value => (sbyte)Math.Clamp(MathF.Round(value / step), -sbyte.MaxValue, sbyte.MaxValue));
        return new CodebookSet(plan.Stages, step, integers);
    }

    private static void FillStart(Span<float> vectors, int seed)
    {
        var state = (ulong)seed;
        foreach (ref var entry in vectors)
        {
            // Four uniform numbers in a sum: near enough to normal.
            var sum = 0.0;
            for (var i = 0; i < 4; i++)
            {
                sum += (Next(ref state) >> 11) * (1.0 / (1UL << 53)) - 0.5;
            }

            entry = (float)(Start * Math.Sqrt(3) * sum);
        }
    }

    // SplitMix64.
    private static ulong Next(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
