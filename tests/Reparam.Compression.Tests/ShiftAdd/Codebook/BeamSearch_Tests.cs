using CsCheck;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.ShiftAdd.Codebook;

namespace Reparam.Compression.Tests.ShiftAdd.Codebook;

public sealed class BeamSearch_Tests
{
    private static readonly CodebookStage[] Small = [new(4, 4), new(4, 8)];

    [Fact]
    public void A_beam_that_drops_nothing_finds_the_best_of_all_choices() => Gen.Select(Gen.Int[1, 8], Gen.Int).Sample((columns, seed) =>
    {
        var random = new Random(seed);
        var vectors = Vectors(Small, random);
        var row = Row(columns, random);
        var importance = Enumerable.Range(0, columns).Select(_ => 0.1f + random.NextSingle()).ToArray();
        var found = Error(Small, vectors, row, importance, Search(Small, vectors, row, importance, BeamSearch.MaxBeam));

        var best = double.PositiveInfinity;
        var quads = (columns + 3) / 4;
        for (var choice = 0; choice < 1 << (8 * quads); choice++)
        {
            var indices = Enumerable.Range(0, 2 * quads).Select(i => (byte)((choice >> (4 * i)) & 15)).ToArray();
            best = Math.Min(best, Error(Small, vectors, row, importance, indices));
        }

        Assert.InRange(found, best * (1 - 1e-9), best * (1 + 1e-4) + 1e-6);
    }, iter: 8);

    [Fact]
    public void A_wider_beam_is_better()
    {
        CodebookStage[] stages = [new(4, 4), new(4, 4), new(4, 16), new(16, 16), new(32, 32)];
        var random = new Random(3);
        var vectors = Vectors(stages, random);
        var importance = Enumerable.Repeat(1f, 160).ToArray();
        var rows = Enumerable.Range(0, 24).Select(_ => Row(160, random)).ToArray();
        double Total(int beam) => rows.Sum(row => Error(stages, vectors, row, importance, Search(stages, vectors, row, importance, beam)));

        var totals = new[] { 1, 4, 16, 64, 256 }.Select(Total).ToArray();
        Assert.Equal(totals.OrderDescending(), totals);
        Assert.True(totals[^1] < 0.5 * totals[0]);
    }

    [Fact]
    public void Ties_end_the_search_too() => Gen.Select(Gen.Int[1, 70], Gen.Int[1, 40]).Sample((columns, beam) =>
    {
        var indices = Search(Small, new float[CodebookSet.EntriesOf(Small)], new float[columns], new float[columns], beam);
        Assert.All(indices, static index => Assert.InRange(index, 0, 15));
    });

    [Fact]
    public void A_refit_never_raises_the_error() => Gen.Select(Gen.Int[1, 60], Gen.Int[1, 12], Gen.Int).Sample((columns, number, seed) =>
    {
        var random = new Random(seed);
        CodebookStage[] stages = [new(4, 4), new(4, 8), new(8, 16)];
        var plan = new SearchPlan(stages, 0.2);
        var vectors = Vectors(stages, random);
        var importance = Enumerable.Range(0, columns).Select(_ => random.NextSingle()).ToArray();
        var rows = Enumerable.Range(0, number).Select(_ => Row(columns, random)).ToArray();
        var steps = new SearchTables(plan, vectors, importance).Steps;
        var indices = rows.Select(_ => Enumerable.Range(0, steps).Select(_ => (byte)random.Next(16)).ToArray()).ToArray();
        double Total() => rows.Select((row, i) => Error(stages, vectors, row, importance, indices[i])).Sum();

        var before = Total();
        var refit = new VectorRefit(plan);
        for (var i = 0; i < number; i++)
        {
            refit.Add(rows[i], importance, indices[i]);
        }

        refit.Solve(vectors);
        Assert.InRange(Total(), 0, before * (1 + 1e-5));
    });

    [Fact]
    public void A_refit_finds_the_vectors_that_made_the_rows()
    {
        var random = new Random(5);
        var plan = new SearchPlan(Small, 0.2);
        var made = Vectors(Small, random);
        var ones = Enumerable.Repeat(1f, 64).ToArray();
        var refit = new VectorRefit(plan);
        var rows = new List<(float[] Row, byte[] Indices)>();
        for (var i = 0; i < 100; i++)
        {
            var indices = Enumerable.Range(0, 32).Select(_ => (byte)random.Next(16)).ToArray();
            var row = Sum(Small, made, 64, indices);
            rows.Add((row, indices));
            refit.Add(row, ones, indices);
        }

        var found = new float[made.Length];
        for (var round = 0; round < 4; round++)
        {
            refit.Solve(found);
        }

        Assert.All(rows, pair => Assert.InRange(Error(Small, found, pair.Row, ones, pair.Indices), 0, 1e-6));
    }

    private static float[] Vectors(CodebookStage[] stages, Random random) =>
        [.. Enumerable.Range(0, CodebookSet.EntriesOf(stages)).Select(_ => random.NextSingle() - 0.5f)];

    private static float[] Row(int columns, Random random) => [.. Enumerable.Range(0, columns).Select(_ => 2 * random.NextSingle() - 1)];

    private static byte[] Search(CodebookStage[] stages, float[] vectors, float[] row, float[] importance, int beam)
    {
        var tables = new SearchTables(new SearchPlan(stages, 0.2), vectors, importance);
        using var search = new BeamSearch(tables, beam);
        var indices = new byte[tables.Steps];
        search.Encode(row, indices, CancellationToken.None);
        return indices;
    }

    private static double Error(CodebookStage[] stages, float[] vectors, float[] row, float[] importance, byte[] indices)
    {
        var sum = Sum(stages, vectors, row.Length, indices);
        return row.Select((value, k) => importance[k] * Math.Pow((double)value - sum[k], 2)).Sum();
    }

    // The indices come in the order of the plan: quad by quad, wide strides first.
    private static float[] Sum(CodebookStage[] stages, float[] vectors, int columns, byte[] indices)
    {
        var sum = new float[columns];
        var next = 0;
        for (var begin = 0; begin < columns; begin += 4)
        {
            foreach (var stage in Enumerable.Range(0, stages.Length).OrderByDescending(i => stages[i].Stride).ThenBy(static i => i))
            {
                if (begin % stages[stage].Stride != 0)
                {
                    continue;
                }

                var entry = stages[..stage].Sum(static other => other.Entries) + indices[next++] * stages[stage].Span;
                for (var ahead = 0; ahead < stages[stage].Span && begin + ahead < columns; ahead++)
                {
                    sum[begin + ahead] += vectors[entry + ahead];
                }
            }
        }

        Assert.Equal(indices.Length, next);
        return sum;
    }
}
