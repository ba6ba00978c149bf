using System.Numerics.Tensors;
using Reparam.Runtime;

namespace StoryTeller;

/// <summary>How well a model predicts a text.</summary>
/// <param name="NatsPerToken">Mean negative log-likelihood of the next token.</param>
/// <param name="Predictions">Number of tokens predicted.</param>
public readonly record struct Evaluation(double NatsPerToken, int Predictions)
{
    private const string StorySeparator = "<|endoftext|>";

    /// <summary>Reads stories, each from its begin-of-sequence token up to the longest sequence that the model takes.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tokenizer">Its vocabulary.</param>
    /// <param name="stories">Stories, divided by <c>&lt;|endoftext|&gt;</c>.</param>
    /// <param name="cancellation">Asked before each story.</param>
    public static Evaluation Of(LlamaRuntime model, Tokenizer tokenizer, string stories, CancellationToken cancellation = default)
    {
        var vocabulary = model.Config.VocabularySize;
        using var cache = new KeyValueCacheRuntime(model.Config);
        var (nats, predictions) = (0.0, 0);
        foreach (var story in stories.Split(StorySeparator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            cancellation.ThrowIfCancellationRequested();
            var encoded = tokenizer.Encode(story);
            var tokens = encoded[..Math.Min(encoded.Count, model.Config.MaxSequenceLength)].ToArray();
            var logits = new float[tokens.Length * vocabulary];
            cache.Reset();
            using (TensorScope.Open())
            {
                model.Call(Torch.Tensor(tokens), cache).Span<float>().CopyTo(logits);
            }

            for (var i = 0; i + 1 < tokens.Length; i++)
            {
                nats -= LogProbability(logits.AsSpan(i * vocabulary, vocabulary), tokens[i + 1]);
                predictions++;
            }
        }

        return new Evaluation(nats / predictions, predictions);
    }

    private static double LogProbability(ReadOnlySpan<float> logits, long token)
    {
        var largest = TensorPrimitives.Max(logits);
        var sum = 0.0;
        foreach (var logit in logits)
        {
            sum += Math.Exp(logit - largest);
        }

        return logits[(int)token] - largest - Math.Log(sum);
    }
}
