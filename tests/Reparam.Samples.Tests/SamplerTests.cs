using StoryTeller;

namespace Reparam.Samples.Tests;

public class SamplerTests
{
    private static readonly float[] Logits = [0, 3, 1, 2.5f, -4];

    [Fact]
    public void Temperature_zero_takes_the_likeliest()
    {
        Assert.Equal(1, new Sampler(5, temperature: 0, topP: 1, seed: 1).Next(Logits));
    }

    [Fact]
    public void The_same_seed_makes_the_same_choices_and_another_seed_others()
    {
        Assert.Equal(Draw(seed: 7), Draw(seed: 7));
        Assert.NotEqual(Draw(seed: 7), Draw(seed: 8));

        static int[] Draw(int seed)
        {
            var sampler = new Sampler(5, 1, 1, seed);
            return [.. Enumerable.Range(0, 50).Select(_ => sampler.Next(Logits))];
        }
    }

    [Fact]
    public void Tokens_come_as_often_as_their_probability_says()
    {
        const int Draws = 20_000;
        var sampler = new Sampler(5, temperature: 1, topP: 1, seed: 3);
        var counts = new int[5];
        for (var i = 0; i < Draws; i++)
        {
            counts[sampler.Next(Logits)]++;
        }

        var sum = Logits.Sum(logit => Math.Exp(logit));
        for (var token = 0; token < 5; token++)
        {
            var expected = Math.Exp(Logits[token]) / sum;
            Assert.InRange(counts[token] / (double)Draws, expected - 0.015, expected + 0.015);
        }
    }

    [Fact]
    public void The_nucleus_of_a_large_vocabulary_has_its_tokens_in_the_right_shares()
    {
        // Two likely tokens far apart, 3 to 1, and 40,000 that together have a tenth of the probability.
        var logits = new float[40_000];
        Array.Fill(logits, MathF.Log(0.1f / 40_000));
        (logits[31], logits[39_999]) = (MathF.Log(0.675f), MathF.Log(0.225f));
        var sampler = new Sampler(logits.Length, temperature: 1, topP: 0.85f, seed: 5);
        var drawn = Enumerable.Range(0, 2_000).Select(_ => sampler.Next(logits)).ToArray();
        Assert.Equal([31, 39_999], drawn.Distinct().Order());
        Assert.InRange(drawn.Count(token => token == 31), 1_400, 1_600);
        var all = new Sampler(logits.Length, temperature: 1, topP: 1, seed: 5);
        Assert.InRange(Enumerable.Range(0, 500).Count(_ => all.Next(logits) is 31 or 39_999), 410, 490);
    }

    [Fact]
    public void A_choice_allocates_nothing()
    {
        var logits = Enumerable.Range(0, 1_000).Select(i => (i * 7919 % 1000) / 100f).ToArray();
        Sampler[] samplers = [new(1_000, 0, 1, 1), new(1_000, 0.8f, 1, 1), new(1_000, 0.8f, 0.9f, 1)];
        foreach (var sampler in samplers)
        {
            // The compiler of hot methods may allocate in one choice or another, a choice itself in each.
            Assert.Equal(0, Enumerable.Range(0, 5).Min(_ => Allocated(sampler, logits)));
        }
    }

    private static long Allocated(Sampler sampler, float[] logits)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        sampler.Next(logits);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    [Fact]
    public void The_nucleus_leaves_unlikely_tokens_out()
    {
        // Probabilities 0.56, 0.34, 0.08, 0.03, 0.0005: the first two reach 0.85, so nothing else is ever drawn.
        var sampler = new Sampler(5, temperature: 1, topP: 0.85f, seed: 5);
        var drawn = Enumerable.Range(0, 2_000).Select(_ => sampler.Next(Logits)).ToHashSet();
        Assert.Equal([1, 3], drawn.Order());
    }
}
