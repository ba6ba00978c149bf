namespace Reparam.Benchmarks.Sentences;

/// <summary>Texts that go through an encoder together.</summary>
/// <param name="Texts">Their numbers.</param>
/// <param name="Length">Tokens of the longest of them.</param>
/// <param name="Tokens">[texts, length]; 0 behind the end of a text.</param>
/// <param name="Mask">[texts, length]: 1 where a token is, else 0.</param>
internal sealed record SentenceBatch(int[] Texts, int Length, long[] Tokens, float[] Mask)
{
    /// <summary>Groups texts, those of about one length together.</summary>
    /// <param name="tokens">The tokens of each text.</param>
    /// <param name="size">Texts of a batch, at most.</param>
    public static SentenceBatch[] Of(IReadOnlyList<int[]> tokens, int size) =>
        [.. Enumerable.Range(0, tokens.Count).OrderBy(i => tokens[i].Length).Chunk(size).Select(texts => Of(tokens, texts))];

    private static SentenceBatch Of(IReadOnlyList<int[]> tokens, int[] texts)
    {
        var length = texts.Max(i => tokens[i].Length);
        var batch = new SentenceBatch(texts, length, new long[texts.Length * length], new float[texts.Length * length]);
        for (var row = 0; row < texts.Length; row++)
        {
            var own = tokens[texts[row]];
            for (var i = 0; i < own.Length; i++)
            {
                batch.Tokens[(row * length) + i] = own[i];
                batch.Mask[(row * length) + i] = 1;
            }
        }

        return batch;
    }
}
