using Reparam.Checkpoints;

namespace StoryTeller;

/// <summary>What each width costs and gives: loss on real stories, size, speed.</summary>
public static class ComparisonTable
{
    private const string Row = "{0,-10} {1,15} {2,12} {3,12} {4,15} {5,15}";

    /// <summary>Measures every file and writes a row for each.</summary>
    public static void Write(TextWriter writer, Tokenizer tokenizer, string stories, CancellationToken cancellation)
    {
        var models = ModelFile.All.Select(file => LlamaRuntime.Load(file.Path)).ToArray();
        var evaluations = models.Select(model => Evaluation.Of(model, tokenizer, stories, cancellation)).ToArray();
        var speeds = DecodeSpeed.Measure(models, cancellation);

        writer.WriteLine(Row, "weights", "nats per token", "perplexity", "stored bits", "weight bytes", "tokens/second");
        using var dense = Checkpoint.Open(ModelFile.Of(32).Path);
        foreach (var (file, evaluation, speed) in ModelFile.All.Zip(evaluations, speeds))
        {
            using var weights = Checkpoint.Open(file.Path);
            writer.WriteLine(
                Row, file.Name, $"{evaluation.NatsPerToken:F3}", $"{Math.Exp(evaluation.NatsPerToken):F2}", $"{StoredBits(weights, dense):F2}",
                $"{weights.Names.Sum(name => weights.Info(name).ByteLength):N0}", $"{speed:N0}");
        }

        writer.WriteLine($"Over {evaluations[0].Predictions:N0} predictions of TinyStories text; the embedding, which the classifier shares, is float32 in all of them.");
    }

    /// <summary>Bits a coded weight, with all that the file holds of it; of a dense file those of its type.</summary>
    private static double StoredBits(ICheckpoint weights, ICheckpoint dense)
    {
        var coded = dense.Names.Where(name => !weights.Contains(name)).Sum(name => dense.Info(name).ElementCount);
        var bytes = weights.Names.Where(name => !dense.Contains(name)).Sum(name => weights.Info(name).ByteLength);
        return coded == 0 ? 32 : 8.0 * bytes / coded;
    }
}
