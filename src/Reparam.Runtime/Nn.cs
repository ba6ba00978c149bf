namespace Reparam.Runtime;

/// <summary>Makes layers. Their weights are empty until a checkpoint is loaded, which fills them dense or packed.</summary>
[Counterpart("TorchSharp.torch+nn")]
public static partial class Nn
{
    /// <summary>An empty linear layer.</summary>
    [Counterpart("Linear")]
    public static Linear Linear(long inputSize, long outputSize, bool hasBias = true, Device? device = null, DType? dtype = null) =>
        new(inputSize, outputSize, hasBias);

    /// <summary>A linear layer that shares its weights with what they were taken from.</summary>
    [Counterpart("Linear")]
    public static Linear Linear(Parameter weight, Parameter? bias = null) => new(weight, bias);

    /// <summary>An empty table.</summary>
    [Counterpart("Embedding")]
    public static Embedding Embedding(
        long num_embeddings, long embedding_dims, long? padding_idx = null, double? max_norm = null, double norm_type = 2, bool scale_grad_by_freq = false,
        bool sparse = false, Device? device = null, DType? dtype = null) => new(num_embeddings, embedding_dims, max_norm, norm_type);

    /// <summary>A table with given rows, which loading replaces.</summary>
    [Counterpart("Embedding_from_pretrained")]
    public static Embedding EmbeddingFromPretrained(
        Tensor embeddings, bool freeze = true, long? padding_idx = null, double? max_norm = null, double norm_type = 2, bool scale_grad_by_freq = false,
        bool sparse = false, Device? device = null, DType? dtype = null) => new(embeddings.Size(0), embeddings.Size(1), max_norm, norm_type);

    /// <summary>Modules in order.</summary>
    [Counterpart("ModuleList")]
    public static ModuleList<T> ModuleList<T>(params ReadOnlySpan<T> modules)
        where T : Module => new(modules);

    /// <summary>A weight with values that loading replaces.</summary>
    [Counterpart("Parameter")]
    public static Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
}
