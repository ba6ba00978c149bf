using System.Numerics.Tensors;
using Reparam.Runtime;

namespace Reparam.Benchmarks.Models;

/// <summary>Prompts, and tokens one by one, each the likeliest after those before; behind the last it goes back to where decoding began.</summary>
internal sealed class DecodeLoop
{
    private readonly Decoder decoder;
    private readonly DecoderCache cache;
    private readonly Random random = new(1);
    private readonly long[] next = new long[1];
    private readonly int depth;
    private readonly int tokens;

    /// <param name="decoder">The model.</param>
    /// <param name="depth">Tokens that the cache holds when decoding begins.</param>
    /// <param name="tokens">Tokens to decode before it begins again, at least 1; with the depth at most the decoder's context.</param>
    public DecodeLoop(Decoder decoder, int depth, int tokens)
    {
        this.decoder = decoder;
        this.depth = depth;
        this.tokens = tokens;
        cache = new DecoderCache(decoder.Sizes);
    }

    /// <summary>Tokens of no meaning.</summary>
    public long[] Prompt(int length) => [.. Enumerable.Range(0, length).Select(_ => random.NextInt64(decoder.Sizes.Vocabulary))];

    /// <summary>Reads a prompt into an empty cache and chooses the first token.</summary>
    public void Read(long[] prompt)
    {
        cache.Position = 0;
        next[0] = Step(prompt);
    }

    /// <summary>Reads the token that was chosen and chooses the next. The cache must have been filled up to the depth.</summary>
    public void DecodeToken()
    {
        if (cache.Position >= depth + tokens)
        {
            cache.Position = depth;
        }

        next[0] = Step(next);
    }

    private int Step(long[] ids)
    {
        using var scope = TensorScope.Open();
        var logits = decoder.Call(Torch.Tensor(ids), cache);
        decoder.Clock.Enter(Region.Sampling);
        var likeliest = TensorPrimitives.IndexOfMax<float>(logits.Span<float>());
        decoder.Clock.Enter(Region.Other);
        return likeliest;
    }
}
