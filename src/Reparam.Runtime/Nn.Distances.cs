namespace Reparam.Runtime;

/// <content>Distances, products of two inputs, and bags of rows.</content>
public static partial class Nn
{
    /// <summary>An empty product of two inputs with matrices.</summary>
    [Counterpart("Bilinear")]
    public static Bilinear Bilinear(
        long in1_features, long in2_features, long out_features, bool hasBias = true, Device? device = null, DType? dtype = null) =>
        new(in1_features, in2_features, out_features, hasBias);

    /// <summary>Cosine of the angle of vectors along a dimension.</summary>
    [Counterpart("CosineSimilarity")]
    public static CosineSimilarity CosineSimilarity(long dim = 1, double eps = 1e-8) => new(dim, eps);

    /// <summary>p-norm of the difference of vectors along the last dimension.</summary>
    [Counterpart("PairwiseDistance")]
    public static PairwiseDistance PairwiseDistance(double p = 2, double eps = 1e-6, bool keepdim = false) => new(p, eps, keepdim);

    /// <summary>An empty table whose rows are made one for each bag.</summary>
    [Counterpart("EmbeddingBag")]
    public static EmbeddingBag EmbeddingBag(
        long num_embeddings, long embedding_dims, bool scale_grad_by_freq = false, EmbeddingBagMode mode = EmbeddingBagMode.Mean, bool sparse = false,
        bool include_last_offset = false, long padding_index = -1, Device? device = null, DType? dtype = null) =>
        new(num_embeddings, embedding_dims, mode, include_last_offset, padding_index);

    /// <summary>A table with given rows, which loading replaces.</summary>
    [Counterpart("EmbeddingBag_from_pretrained")]
    public static EmbeddingBag EmbeddingBagFromPretrained(
        Tensor embeddings, bool freeze = true, bool scale_grad_by_freq = false, EmbeddingBagMode mode = EmbeddingBagMode.Mean, bool sparse = false,
        bool include_last_offset = false, long padding_index = -1, Device? device = null, DType? dtype = null) =>
        new(embeddings.Size(0), embeddings.Size(1), mode, include_last_offset, padding_index);
}
