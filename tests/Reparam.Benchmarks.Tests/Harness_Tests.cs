using Reparam.Benchmarks.Kernels;
using Reparam.Benchmarks.Measuring;
using Reparam.Checkpoints.Packed;

namespace Reparam.Benchmarks.Tests;

/// <summary>The measuring harness: who runs when, and what becomes of the samples.</summary>
public class Harness_Tests
{
    [Fact]
    public void A_measurement_is_the_tenth_percentile_and_the_middle_of_the_samples()
    {
        double[] samples = [.. Enumerable.Range(1, 101).Reverse().Select(number => (double)number)];

        var measurement = Measurement.Of(new Contender("", () => { }, 22), samples);

        Assert.Equal((11, 51, 2), (measurement.Seconds, measurement.Median, measurement.BytesPerSecond));
    }

    [Fact]
    public void Contenders_are_measured_in_their_order_and_all_take_time()
    {
        var counts = new int[3];
        var contenders = Enumerable.Range(0, 3).Select(i => new Contender($"{i}", () => counts[i]++, 1)).ToArray();

        var measurements = new Sampler(threads: 1, samples: 4, sampleSeconds: 1e-4).Measure(contenders);

        Assert.Equal(["0", "1", "2"], measurements.Select(measurement => measurement.Contender.Name));
        Assert.All(measurements, measurement => Assert.True(measurement.Seconds > 0 && measurement.Seconds <= measurement.Median));
        Assert.All(counts, count => Assert.True(count > 4));
    }

    [Fact]
    public void Copies_take_turns()
    {
        var taken = new List<int>();
        var contender = Contender.Over("", [1, 2, 3], taken.Add, 1, cold: true);

        for (var i = 0; i < 7; i++)
        {
            contender.Run();
        }

        Assert.Equal([1, 2, 3, 1, 2, 3, 1], taken);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Every_thread_of_a_team_has_its_part_in_every_round(int threads)
    {
        using var team = new PinnedTeam(threads);
        var rounds = new int[threads];
        for (var round = 1; round <= 50; round++)
        {
            if (round % 20 == 0)
            {
                Thread.Sleep(20);
            }

            team.Run(part => Interlocked.Increment(ref rounds[part]));
            Assert.All(rounds, count => Assert.Equal(round, count));
        }

        Assert.Equal([0, 257], [team.FirstRow(0, 257), team.FirstRow(threads, 257)]);
    }

    [Theory]
    [InlineData("row")]
    [InlineData("column")]
    [InlineData("block8")]
    [InlineData("nested")]
    [InlineData("codebook")]
    public void Random_matrices_of_any_shape_decode_to_weights_of_a_plausible_size(string layout)
    {
        foreach (var (rows, columns, bits) in ((int, int, int)[])[(1, 1, 3), (33, 257, 3), (64, 600, 3)])
        {
            var matrix = RandomMatrix.Create(layout, rows, columns, bits, 128, seed: 1);

            Assert.Equal((layout, rows, columns, bits), (matrix.Format.Name, matrix.Rows, matrix.Columns, ((PlanesMatrix)matrix).Bits));
            var size = Math.Sqrt(matrix.Decode().Average(weight => (double)weight * weight) * columns);
            Assert.InRange(size, 0.05, 8);
        }
    }

    [Fact]
    public void A_target_is_met_from_either_side()
    {
        var least = new KernelTarget(1, "", FigureUnit.Ratio, 2, 2);

        Assert.True(least.Met);
        Assert.False((least with { Value = 1.9 }).Met);
        Assert.False((least with { Value = 2.1, AtMost = true }).Met);
        Assert.Null((least with { Value = null, Missing = "needs --ggml" }).Met);
    }
}
