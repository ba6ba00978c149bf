using System.Numerics.Tensors;

namespace StoryTeller;

/// <summary>Chooses the next token from logits: the likeliest, or drawn from the nucleus of the likeliest (Holtzman et al. 2020, arXiv 1904.09751).</summary>
/// <remarks>The buffers are allocated once: a choice makes no garbage.</remarks>
/// <param name="vocabularySize">Number of logits.</param>
/// <param name="temperature">Divides the logits; 0 always takes the likeliest token.</param>
/// <param name="topP">Tokens are drawn from the fewest whose probabilities sum up to this; in (0, 1].</param>
/// <param name="seed">The same seed gives the same choices.</param>
public sealed class Sampler(int vocabularySize, float temperature, float topP, int seed)
{
    private const int Chunk = 256;

    private readonly float[] weights = new float[vocabularySize];
    private readonly float[] candidates = new float[vocabularySize];
    private readonly int[] tokens = new int[vocabularySize];
    private readonly Random random = new(seed);

    /// <summary>The next token.</summary>
    /// <param name="logits">One for each token of the vocabulary.</param>
    public int Next(ReadOnlySpan<float> logits)
    {
        if (temperature == 0)
        {
            return TensorPrimitives.IndexOfMax(logits);
        }

        // Probabilities but for their sum.
        TensorPrimitives.Subtract(logits, TensorPrimitives.Max(logits), weights);
        TensorPrimitives.Divide(weights, temperature, weights);
        TensorPrimitives.Exp<float>(weights, weights);
        var total = TensorPrimitives.Sum<float>(weights);
        if (topP >= 1)
        {
            return Draw(weights, total);
        }

        var count = Candidates(total * (1 - topP) / weights.Length);
        var nucleus = candidates.AsSpan(0, count);
        nucleus.Sort(tokens.AsSpan(0, count));
        var (size, mass) = (0, 0f);
        while (size < count && mass > -topP * total)
        {
            mass += nucleus[size++];
        }

        return tokens[Draw(nucleus[..size], mass)];
    }

    // Tokens below the threshold are outside of the nucleus: all of them together have less than what the nucleus leaves out. So few are left to be sorted.
    // Their weights are negated: ascending order puts the likeliest first without a comparer.
    private int Candidates(float threshold)
    {
        var count = 0;
        for (var start = 0; start < weights.Length; start += Chunk)
        {
            var chunk = weights.AsSpan(start, Math.Min(Chunk, weights.Length - start));
            if (TensorPrimitives.Max<float>(chunk) < threshold)
            {
                continue;
            }

            for (var i = 0; i < chunk.Length; i++)
            {
                if (chunk[i] >= threshold)
                {
                    candidates[count] = -chunk[i];
                    tokens[count++] = start + i;
                }
            }
        }

        return count;
    }

    // An index, each as often as its weight's share of the sum; all weights have the sum's sign.
    private int Draw(ReadOnlySpan<float> shares, float sum)
    {
        var ticket = random.NextSingle() * sum;
        var (at, last) = (0, 0);
        for (; at < shares.Length; at += Chunk)
        {
            var chunk = TensorPrimitives.Sum(shares.Slice(at, Math.Min(Chunk, shares.Length - at)));
            if (Math.Abs(chunk) > Math.Abs(ticket))
            {
                break;
            }

            ticket -= chunk;
        }

        for (; at < shares.Length; at++)
        {
            last = shares[at] != 0 ? at : last;
            ticket -= shares[at];
            if (ticket * sum < 0)
            {
                return at;
            }
        }

        return last == 0 ? TensorPrimitives.IndexOfMaxMagnitude(shares) : last;
    }
}
