using Reparam.Checkpoints.Packed;
using Reparam.Compression.Simd;

namespace Reparam.Compression.ShiftAdd.Nested;

/// <summary>
/// Learns the profiles of a table by Lloyd's algorithm: each group takes the profile with the smallest squared error, each profile is refitted to its groups by
/// least squares, and now and then each block its super-scale. At the end the table is rounded to integers in units of the best step and refitted once more.
/// </summary>
/// <remarks>The sums over chunks are added in their order, so neither threads nor vectors show in the result.</remarks>
internal sealed unsafe class TableLearner<T, TPlanes>
    where T : unmanaged, ILanes<T>
    where TPlanes : struct, IPlanes
{
    private const int IntegerRounds = 3;
    private const double Spread = 0.1;

    private static readonly int Entries = TPlanes.Count + 1;
    private static readonly int Sums = ProfileStatistics.Count(TPlanes.Count);

    private readonly IReadOnlyList<GroupBlocks<T>> chunks;
    private readonly double[] factors;
    private readonly NestedEffort effort;
    private readonly ParallelOptions parallel;
    private readonly double[][] parts;
    private readonly Random random;

    /// <summary>Takes a sample.</summary>
    /// <param name="chunks">Blocks of weights; their super-scales change.</param>
    /// <param name="factors">What a squared error counts in each chunk.</param>
    /// <param name="effort">Rounds and trials.</param>
    /// <param name="seed">Where profiles without a group are sown again.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public TableLearner(IReadOnlyList<GroupBlocks<T>> chunks, double[] factors, NestedEffort effort, int seed, ParallelOptions parallel)
    {
        this.chunks = chunks;
        this.factors = factors;
        this.effort = effort;
        this.parallel = parallel;
        parts = new double[chunks.Count][];
        random = new Random(seed);
    }

    /// <summary>Learns a table of 2^indexBits profiles.</summary>
    public ProfileTable Learn(int indexBits)
    {
        var table = Improve(TableStart.Form(chunks, TPlanes.Count, indexBits));
        if (effort.ScaleTrials.Sum(factors => factors.Length) > 1)
        {
            FitScales(table);
            table = Improve(table);
            FitScales(table);
        }

        return RoundToIntegers(table, indexBits);
    }

    private float[] Improve(float[] table)
    {
        var best = table;
        var minimum = double.PositiveInfinity;
        for (var round = 0; round <= effort.Rounds; round++)
        {
            var sums = Collect(table, out var error);
            if (error < minimum)
            {
                (best, minimum) = (table, error);
            }

            table = Refit(table, sums);
        }

        return best;
    }

    private ProfileTable RoundToIntegers(float[] table, int indexBits)
    {
        ProfileTable? rounded = null;
        ProfileTable? best = null;
        var minimum = double.PositiveInfinity;
        for (var round = 0; round <= IntegerRounds; round++)
        {
            var sums = Collect(table, out var error);
            if (rounded is not null && (best is null || error < minimum))
            {
                (best, minimum) = (rounded, error);
            }

            rounded = TableRounding.Round(table, sums, TPlanes.Count, indexBits);
            table = Floats(rounded);
        }

        return best!;
    }

    private static float[] Floats(ProfileTable table)
    {
        var floats = new float[table.Entries.Length];
        for (var i = 0; i < floats.Length; i++)
        {
            floats[i] = table.Entries.Span[i] * table.Step;
        }

        return floats;
    }

    private void FitScales(float[] table) => Parallel.For(0, chunks.Count, parallel, c =>
    {
        fixed (float* entries = table)
        {
            chunks[c].Fit<TPlanes>(entries, table.Length / Entries, 1, double.PositiveInfinity, effort.ScaleTrials);
        }
    });

    private float[] Refit(float[] table, double[] sums)
    {
        var next = new float[table.Length];
        var profiles = table.Length / Entries;
        Span<double> profile = stackalloc double[Entries];
        Span<double> workspace = stackalloc double[Entries * (Entries + 1)];
        var worst = Enumerable.Range(0, profiles)
            .Where(p => sums[p * Sums + ProfileStatistics.Error] > 0)
            .OrderByDescending(p => sums[p * Sums + ProfileStatistics.Error])
            .ThenBy(p => p)
            .ToArray();
        var sown = 0;
        for (var p = 0; p < profiles; p++)
        {
            var statistics = sums.AsSpan(p * Sums, Sums);
            var source = p;
            var empty = statistics[ProfileStatistics.Weight] == 0;
            if (empty && sown < worst.Length)
            {
                source = worst[sown++];
            }

            for (var i = 0; i < Entries; i++)
            {
                profile[i] = table[source * Entries + i];
            }

            if (!empty)
            {
                new ProfileRefit(statistics, TPlanes.Count, workspace).Solve(profile);
            }
            else if (source != p)
            {
                Disturb(profile);
            }

            ProfileRefit.Nest(profile);
            for (var i = 0; i < Entries; i++)
            {
                next[p * Entries + i] = (float)profile[i];
            }
        }

        return next;
    }

    private void Disturb(Span<double> profile)
    {
        for (var i = 0; i < TPlanes.Count; i++)
        {
            profile[i] *= 1 + Spread * (random.NextDouble() - 0.5);
        }

        profile[^1] += (random.NextDouble() - 0.5) * profile[^2];
    }

    // Gives every group its profile and sums over the groups of each.
    private double[] Collect(float[] table, out double error)
    {
        Parallel.For(0, chunks.Count, parallel, c => parts[c] = Collect(chunks[c], factors[c], table));
        var sums = new double[table.Length / Entries * Sums];
        foreach (var part in parts)
        {
            for (var i = 0; i < sums.Length; i++)
            {
                sums[i] += part[i];
            }
        }

        error = 0;
        for (var i = ProfileStatistics.Error; i < sums.Length; i += Sums)
        {
            error += sums[i];
        }

        return sums;
    }

    private static double[] Collect(GroupBlocks<T> chunk, double factor, float[] table)
    {
        var profiles = table.Length / Entries;
        var sums = new double[profiles * Sums];
        var workspace = stackalloc T[2 * GroupTile.Size + 5 + Sums];
        var values = workspace;
        var importances = values + GroupTile.Size;
        var profile = importances + GroupTile.Size;
        var totals = profile + 5;
        var tiles = chunk.Tiles;
        var inverses = new float[tiles * T.Count];
        var weights = new float[tiles * T.Count];
        fixed (float* entries = table, inverse = inverses, weight = weights)
        {
            chunk.Invert(1, (T*)inverse);
            for (var block = 0; block < chunk.Blocks; block++)
            {
                var counts = (float)(factor * chunk.Scales[block] * chunk.Scales[block]);
                weights.AsSpan(chunk.FirstGroup(block), chunk.FirstGroup(block + 1) - chunk.FirstGroup(block)).Fill(counts);
            }

            for (var tile = 0; tile < tiles; tile++)
            {
                var reciprocal = T.Load(inverse + tile * T.Count);
                var counts = T.Load(weight + tile * T.Count);
                for (var k = 0; k < GroupTile.Size; k++)
                {
                    values[k] = chunk.Values(tile)[k] * reciprocal;
                    importances[k] = chunk.Importances(tile)[k] * counts;
                }

                var error = ProfileSearch<T, TPlanes>.Nearest(values, importances, entries, profiles, out chunk.Indices(tile));
                GroupTile.Gather(entries, Entries, chunk.Indices(tile), profile);
                Sum(values, importances, new ProfileLevels<T, TPlanes>(profile), totals);
                totals[ProfileStatistics.Error] = error;
                var lanes = Math.Min(T.Count, chunk.Groups - tile * T.Count);
                for (var lane = 0; lane < lanes; lane++)
                {
                    var target = sums.AsSpan(chunk.Index(tile * T.Count + lane) * Sums, Sums);
                    for (var i = 0; i < target.Length; i++)
                    {
                        target[i] += ((float*)totals)[i * T.Count + lane];
                    }
                }
            }
        }

        return sums;
    }

    private static void Sum(T* values, T* importances, in ProfileLevels<T, TPlanes> profileLevels, T* totals)
    {
        new Span<T>(totals, Sums).Clear();
        var signBit = T.Create(-0f);
        var minus = stackalloc T[4];
        for (var k = 0; k < GroupTile.Size; k++)
        {
            profileLevels.Nearest(values[k], signBit, out minus[0], out minus[1], out minus[2], out minus[3]);
            var importance = importances[k];
            var value = importance * values[k];
            totals[ProfileStatistics.Weight] += importance;
            totals[ProfileStatistics.Value] += value;
            for (var b = 0; b < TPlanes.Count; b++)
            {
                totals[ProfileStatistics.Sign(b)] += importance ^ minus[b];
                totals[ProfileStatistics.SignedValue(TPlanes.Count, b)] += value ^ minus[b];
                for (var c = 0; c < b; c++)
                {
                    totals[ProfileStatistics.Product(TPlanes.Count, c, b)] += importance ^ minus[b] ^ minus[c];
                }
            }
        }
    }
}
