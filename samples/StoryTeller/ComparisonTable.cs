using System.Diagnostics;
using Reparam.Checkpoints;

namespace StoryTeller;

/// <summary>What each width costs and gives: loss on real stories, size, speed.</summary>
public static class ComparisonTable
{
    private const int WarmUpTokens = 16;
    private const int TimedTokens = 80;
    private const int Timings = 4;
    private const string Row = "{0,-10} {1,15} {2,12} {3,15} {4,15}";

    /// <summary>Measures every file and writes a row for each.</summary>
    public static void Write(TextWriter writer, Tokenizer tokenizer, string stories, CancellationToken cancellation)
    {
        var predictions = 0;
        writer.WriteLine(Row, "weights", "nats per token", "perplexity", "weight bytes", "tokens/second");
        foreach (var file in ModelFile.All)
        {
            cancellation.ThrowIfCancellationRequested();
            var model = LlamaRuntime.Load(file.Path);
            var evaluation = Evaluation.Of(model, tokenizer, stories, cancellation);
            predictions = evaluation.Predictions;
            writer.WriteLine(
                Row, file.Name, $"{evaluation.NatsPerToken:F3}", $"{Math.Exp(evaluation.NatsPerToken):F2}", $"{WeightBytes(file.Path):N0}",
                $"{TokensPerSecond(model, cancellation):N0}");
        }

        writer.WriteLine($"Over {predictions:N0} predictions of TinyStories text; the embedding, which the classifier shares, is float32 in all of them.");
    }

    /// <summary>Bytes of all tensors in a file.</summary>
    private static long WeightBytes(string path)
    {
        using var checkpoint = Checkpoint.Open(path);
        return checkpoint.Names.Sum(name => checkpoint.Info(name).ByteLength);
    }

    /// <summary>The fastest of several short runs from the story's beginning: what else the machine does disturbs it least.</summary>
    private static double TokensPerSecond(LlamaRuntime model, CancellationToken cancellation)
    {
        using var decoder = new LlamaDecoder(model);
        var greedy = new Sampler(model.Config.VocabularySize, temperature: 0, topP: 1, seed: 0);
        Decode(WarmUpTokens);
        var best = TimeSpan.MaxValue;
        for (var i = 0; i < Timings; i++)
        {
            decoder.Reset();
            var watch = Stopwatch.StartNew();
            Decode(TimedTokens);
            best = watch.Elapsed < best ? watch.Elapsed : best;
        }

        return TimedTokens / best.TotalSeconds;

        void Decode(int tokens)
        {
            long token = Tokenizer.BeginOfSequence;
            for (var i = 0; i < tokens; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                token = greedy.Next(decoder.Read(token));
            }
        }
    }
}
