namespace StoryTeller.Trainer;

/// <summary>Text that the model itself writes: calibration needs no other, and so sees nothing of the text that measures.</summary>
public static class OwnText
{
    /// <summary>Writes sequences of tokens at temperature 1, each from its begin-of-sequence token on; a story that ends is followed by the next one.</summary>
    /// <param name="model">The float model.</param>
    /// <param name="size">How much.</param>
    /// <param name="seed">The same seed gives the same text.</param>
    /// <param name="cancellation">Asked before each sequence.</param>
    public static List<long[]> Write(LlamaRuntime model, TextSize size, int seed, CancellationToken cancellation = default)
    {
        using var decoder = new LlamaDecoder(model);
        var sampler = new Sampler(model.Config.VocabularySize, temperature: 1, topP: 1, seed);
        var text = new List<long[]>(size.Sequences);
        for (var i = 0; i < size.Sequences; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            decoder.Reset();
            var tokens = new long[size.Length];
            tokens[0] = Tokenizer.BeginOfSequence;
            for (var at = 1; at < size.Length; at++)
            {
                tokens[at] = sampler.Next(decoder.Read(tokens[at - 1]));
            }

            text.Add(tokens);
        }

        return text;
    }
}
