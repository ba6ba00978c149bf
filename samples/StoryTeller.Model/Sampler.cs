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
    private readonly float[] probabilities = new float[vocabularySize];
    private readonly int[] order = new int[vocabularySize];
    private readonly Random random = new(seed);

    /// <summary>The next token.</summary>
    /// <param name="logits">One for each token of the vocabulary.</param>
    public int Next(ReadOnlySpan<float> logits)
    {
        if (temperature == 0)
        {
            return TensorPrimitives.IndexOfMax(logits);
        }

        TensorPrimitives.Divide(logits, temperature, probabilities);
        TensorPrimitives.SoftMax(probabilities, probabilities);
        TensorPrimitives.Negate(probabilities, probabilities);    // sorts the likeliest first without a comparer of its own
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        probabilities.AsSpan().Sort(order.AsSpan());
        var (nucleus, mass) = (0, 0f);
        while (nucleus < probabilities.Length && mass < topP)
        {
            mass -= probabilities[nucleus++];
        }

        var ticket = random.NextSingle() * mass;
        for (var i = 0; i < nucleus; i++)
        {
            ticket += probabilities[i];
            if (ticket < 0)
            {
                return order[i];
            }
        }

        return order[nucleus - 1];
    }
}
