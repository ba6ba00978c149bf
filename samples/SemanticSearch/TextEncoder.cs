using System.Collections.Concurrent;
using Microsoft.ML.Tokenizers;
using Reparam.Runtime;

namespace SemanticSearch;

/// <summary>Texts to vectors of length 1.</summary>
internal sealed class TextEncoder
{
    // Texts of about one length share a call: what is padded is computed for nothing. Eight are enough for the products to be worth decoding the weights.
    private const int Batch = 8;
    private const int MaxTokens = 256;

    private readonly BertTokenizer tokenizer;
    private readonly SentenceEncoderRuntime model;

    /// <summary>Loads the model.</summary>
    /// <param name="weights">The packed checkpoint that the build made.</param>
    /// <param name="vocabulary">The words of the model, one a line.</param>
    public TextEncoder(string weights, string vocabulary)
    {
        using var words = File.OpenRead(vocabulary);
        tokenizer = BertTokenizer.Create(words);
        model = SentenceEncoderRuntime.Load(weights, new BertConfig());
    }

    /// <summary>The vector of one text.</summary>
    public float[] Encode(string text) => Encode([text], null, CancellationToken.None)[0];

    /// <summary>The vectors of many texts, in their order.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="progress">Told how many are done, on any thread.</param>
    /// <param name="cancellation">Asked before each batch.</param>
    public float[][] Encode(IReadOnlyList<string> texts, IProgress<int>? progress, CancellationToken cancellation)
    {
        var tokens = texts.Select(text => tokenizer.EncodeToIds(text, MaxTokens, out _, out _).ToArray()).ToArray();
        var vectors = new float[texts.Count][];
        var done = 0;

        // The longest first: at the end no processor waits for a long one.
        var batches = Enumerable.Range(0, texts.Count).OrderByDescending(i => tokens[i].Length).Chunk(Batch);
        Parallel.ForEach(
            Partitioner.Create(batches, EnumerablePartitionerOptions.NoBuffering),
            new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount },
            batch =>
            {
                Run(batch, tokens, vectors);
                progress?.Report(Interlocked.Add(ref done, batch.Length));
            });
        return vectors;
    }

    private void Run(int[] batch, int[][] tokens, float[][] vectors)
    {
        var length = batch.Max(i => tokens[i].Length);
        var ids = new long[batch.Length * length];
        var mask = new float[batch.Length * length];
        for (var row = 0; row < batch.Length; row++)
        {
            var own = tokens[batch[row]];
            for (var i = 0; i < own.Length; i++)
            {
                ids[(row * length) + i] = own[i];
                mask[(row * length) + i] = 1;
            }
        }

        using var scope = TensorScope.Open();
        var found = model.Call(Torch.Tensor(ids, batch.Length, length), Torch.Tensor(mask, batch.Length, length)).ToArray<float>();
        var width = found.Length / batch.Length;
        for (var row = 0; row < batch.Length; row++)
        {
            vectors[batch[row]] = found.AsSpan(row * width, width).ToArray();
        }
    }
}
