using Reparam.Runtime;
using Reparam.Runtime.Packed;
using SemanticSearch;

namespace Reparam.Benchmarks.Sentences;

/// <summary>The emitted class of the sample's encoder.</summary>
internal sealed class TwinSentenceEncoder : ISentenceEncoder
{
    private readonly SentenceEncoderRuntime model;

    /// <summary>Loads the model.</summary>
    /// <param name="name">What the table calls it.</param>
    /// <param name="path">A checkpoint, plain or packed.</param>
    /// <param name="precision">Precision of packed products.</param>
    public TwinSentenceEncoder(string name, string path, KernelPrecision precision)
    {
        Name = name;
        PackedKernels.PrecisionForComparison = precision;
        try
        {
            model = SentenceEncoderRuntime.Load(path, new BertConfig());
        }
        finally
        {
            PackedKernels.PrecisionForComparison = null;
        }

        var bytes = new LinearWeights();
        model.Accept(bytes);
        LinearBytes = bytes.Bytes;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long LinearBytes { get; }

    /// <inheritdoc/>
    public float[] Encode(SentenceBatch batch)
    {
        using var scope = TensorScope.Open();
        var rows = batch.Texts.Length;
        return model.Call(Torch.Tensor(batch.Tokens, rows, batch.Length), Torch.Tensor(batch.Mask, rows, batch.Length)).ToArray<float>();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    // Every matrix but the embeddings.
    private sealed class LinearWeights : ComponentVisitor
    {
        public long Bytes { get; private set; }

        protected override void OnParameter(string name, Parameter parameter)
        {
            if (parameter.Shape.Length == 2 && !name.Contains("embeddings", StringComparison.Ordinal))
            {
                Bytes += parameter.Packed?.Sum(matrix => matrix.StoredBytes) ?? (parameter.Numel() * sizeof(float));
            }
        }

        protected override void OnBuffer(string name, Tensor buffer)
        {
        }
    }
}
