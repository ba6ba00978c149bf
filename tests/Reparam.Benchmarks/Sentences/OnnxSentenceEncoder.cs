using System.Numerics.Tensors;
using Microsoft.ML.OnnxRuntime;
using Reparam.Benchmarks.Peers;

namespace Reparam.Benchmarks.Sentences;

/// <summary>The encoder's ONNX model in ONNX Runtime on one thread. Its mean over the tokens, which the model lacks, is taken here.</summary>
internal sealed class OnnxSentenceEncoder : ISentenceEncoder
{
    private const string Output = "last_hidden_state";
    private readonly InferenceSession session;
    private readonly RunOptions options = new();

    /// <summary>Makes a session.</summary>
    /// <param name="name">What the table calls it.</param>
    /// <param name="path">The ONNX file.</param>
    /// <param name="bytes">Whether products are rewritten for bytes.</param>
    public OnnxSentenceEncoder(string name, string path, bool bytes)
    {
        Name = name;
        var graph = new OnnxGraph(path);
        graph.Keep(Output);
        if (bytes)
        {
            graph.QuantizeProducts();
        }

        LinearBytes = graph.ProductBytes;
        using var session = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1, ExecutionMode = ExecutionMode.ORT_SEQUENTIAL };
        this.session = new InferenceSession(graph.Bytes(), session);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long LinearBytes { get; }

    /// <inheritdoc/>
    public float[] Encode(SentenceBatch batch)
    {
        var rows = batch.Texts.Length;
        long[] shape = [rows, batch.Length];
        using var tokens = OrtValue.CreateTensorValueFromMemory(batch.Tokens, shape);
        using var mask = OrtValue.CreateTensorValueFromMemory(Array.ConvertAll(batch.Mask, value => (long)value), shape);
        using var types = OrtValue.CreateTensorValueFromMemory(new long[batch.Tokens.Length], shape);
        using var results = session.Run(options, ["input_ids", "attention_mask", "token_type_ids"], [tokens, mask, types], [Output]);
        return Mean(results[0].GetTensorDataAsSpan<float>(), batch);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        options.Dispose();
        session.Dispose();
    }

    private static float[] Mean(ReadOnlySpan<float> x, SentenceBatch batch)
    {
        var width = x.Length / batch.Mask.Length;
        var vectors = new float[batch.Texts.Length * width];
        for (var text = 0; text < batch.Texts.Length; text++)
        {
            var vector = vectors.AsSpan(text * width, width);
            for (var token = text * batch.Length; token < (text + 1) * batch.Length; token++)
            {
                TensorPrimitives.MultiplyAdd(x.Slice(token * width, width), batch.Mask[token], vector, vector);
            }

            TensorPrimitives.Divide(vector, TensorPrimitives.Norm(vector), vector);
        }

        return vectors;
    }
}
