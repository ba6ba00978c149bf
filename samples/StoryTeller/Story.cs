namespace StoryTeller;

/// <summary>Tells a story, token by token.</summary>
public static class Story
{
    /// <summary>
    /// Writes prompt and continuation as UTF-8, each token as soon as it is known, until the model ends the story, the steps are used up or the
    /// user cancels.
    /// </summary>
    public static void Tell(LlamaDecoder decoder, Tokenizer tokenizer, Sampler sampler, string prompt, int steps, Stream output, CancellationToken cancellation)
    {
        var begin = tokenizer.Encode(prompt);
        long token = begin[0];
        var step = 0;
        while (step < steps && !cancellation.IsCancellationRequested)
        {
            var logits = decoder.Read(token);
            step++;
            token = step < begin.Count ? begin[step] : sampler.Next(logits);
            if (token == Tokenizer.BeginOfSequence)
            {
                break;
            }

            var piece = tokenizer.Decode(token);
            output.Write(step == 1 ? piece.TrimStart((byte)' ') : piece);
            output.Flush();
        }

        output.Write("\n"u8);
        output.Flush();
    }
}
