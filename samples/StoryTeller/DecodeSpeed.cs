using System.Diagnostics;

namespace StoryTeller;

/// <summary>
/// Decoding speed of several models, measured side by side: they take turns, so that what else the machine does meets all of them alike, and the
/// fastest turn of each counts. The first turns, in which the just-in-time compiler still works, are not timed.
/// </summary>
public static class DecodeSpeed
{
    private const int TokensPerTurn = 80;
    private const int WarmUpTurns = 10;
    private const int TimedTurns = 20;

    /// <summary>Tokens per second of each model, from a story's beginning.</summary>
    public static double[] Measure(IReadOnlyList<LlamaRuntime> models, CancellationToken cancellation)
    {
        var fastest = new TimeSpan[models.Count];
        Array.Fill(fastest, TimeSpan.MaxValue);
        var decoders = models.Select(model => new LlamaDecoder(model)).ToArray();
        var greedy = models.Select(model => new Sampler(model.Config.VocabularySize, temperature: 0, topP: 1, seed: 0)).ToArray();
        for (var turn = 0; turn < WarmUpTurns + TimedTurns; turn++)
        {
            for (var i = 0; i < models.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                var watch = Stopwatch.StartNew();
                Decode(decoders[i], greedy[i]);
                if (turn >= WarmUpTurns && watch.Elapsed < fastest[i])
                {
                    fastest[i] = watch.Elapsed;
                }
            }
        }

        foreach (var decoder in decoders)
        {
            decoder.Dispose();
        }

        return [.. fastest.Select(time => TokensPerTurn / time.TotalSeconds)];
    }

    private static void Decode(LlamaDecoder decoder, Sampler greedy)
    {
        decoder.Reset();
        long token = Tokenizer.BeginOfSequence;
        for (var i = 0; i < TokensPerTurn; i++)
        {
            token = greedy.Next(decoder.Read(token));
        }
    }
}
