using Reparam.Checkpoints;

namespace StoryTeller;

/// <summary>What each width costs and gives: loss on real stories, size, speed.</summary>
public static class ComparisonTable
{
    private const string Row = "{0,-10} {1,15} {2,12} {3,15} {4,15}";

    /// <summary>Measures every file and writes a row for each.</summary>
    public static void Write(TextWriter writer, Tokenizer tokenizer, string stories, CancellationToken cancellation)
    {
        var models = ModelFile.All.Select(file => LlamaRuntime.Load(file.Path)).ToArray();
        var evaluations = models.Select(model => Evaluation.Of(model, tokenizer, stories, cancellation)).ToArray();
        var speeds = DecodeSpeed.Measure(models, cancellation);

        writer.WriteLine(Row, "weights", "nats per token", "perplexity", "weight bytes", "tokens/second");
        foreach (var (file, evaluation, speed) in ModelFile.All.Zip(evaluations, speeds))
        {
            writer.WriteLine(
                Row, file.Name, $"{evaluation.NatsPerToken:F3}", $"{Math.Exp(evaluation.NatsPerToken):F2}", $"{WeightBytes(file.Path):N0}", $"{speed:N0}");
        }

        writer.WriteLine($"Over {evaluations[0].Predictions:N0} predictions of TinyStories text; the embedding, which the classifier shares, is float32 in all of them.");
    }

    /// <summary>Bytes of all tensors in a file.</summary>
    private static long WeightBytes(string path)
    {
        using var checkpoint = Checkpoint.Open(path);
        return checkpoint.Names.Sum(name => checkpoint.Info(name).ByteLength);
    }
}
