using System.Numerics.Tensors;
using Reparam.Runtime;

namespace Reparam.Cli.Benchmarks.Models;

/// <summary>A prompt, then tokens one by one, each the likeliest after those before; behind the last it begins again after the prompt.</summary>
internal sealed class DecodeLoop
{
    private readonly Decoder decoder;
    private readonly DecoderCache cache;
    private readonly long[] prompt;
    private readonly long[] next = new long[1];
    private readonly int tokens;

    /// <param name="decoder">The model.</param>
    /// <param name="promptLength">Tokens of the prompt, at least 1.</param>
    /// <param name="tokens">Tokens to decode before it begins again, at least 1; with the prompt at most the decoder's context.</param>
    public DecodeLoop(Decoder decoder, int promptLength, int tokens)
    {
        this.decoder = decoder;
        this.tokens = tokens;
        cache = new DecoderCache(decoder.Sizes);
        var random = new Random(1);
        prompt = [.. Enumerable.Range(0, promptLength).Select(_ => random.NextInt64(decoder.Sizes.Vocabulary))];
    }

    /// <summary>Reads the prompt and chooses the first token.</summary>
    public void Begin()
    {
        cache.Position = 0;
        next[0] = Step(prompt);
    }

    /// <summary>Reads the token that was chosen and chooses the next.</summary>
    public void DecodeToken()
    {
        if (cache.Position >= prompt.Length + tokens)
        {
            cache.Position = prompt.Length;
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
