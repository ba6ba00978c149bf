using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <summary>The functional forms of layers.</summary>
[Counterpart("TorchSharp.torch+nn+functional")]
public static partial class Functional
{
    /// <summary>y = x·Wᵀ + b.</summary>
    /// <param name="input">[…, in].</param>
    /// <param name="weights">[out, in], dense or packed.</param>
    /// <param name="bias">[out], or null.</param>
    /// <returns>[…, out].</returns>
    /// <exception cref="ArgumentException">The sizes do not fit.</exception>
    [Counterpart("linear")]
    public static Tensor Linear(Tensor input, Tensor weights, Tensor? bias = null) => LinearKernel.Run(input, weights, bias);

    /// <summary>A row of zeros with a one at the class, for each class number.</summary>
    /// <param name="x">int64, any shape: numbers from 0.</param>
    /// <param name="num_classes">Number of classes; −1 takes one more than the largest number.</param>
    /// <returns>int64 […, classes].</returns>
    /// <exception cref="ArgumentException">A number is negative or not below <paramref name="num_classes"/>.</exception>
    [Counterpart("one_hot")]
    public static Tensor OneHot(Tensor x, long num_classes = -1)
    {
        var values = x.Contiguous().ToArray<long>();
        var classes = num_classes < 0 ? values.Append(-1).Max() + 1 : num_classes;
        if (Array.FindIndex(values, value => value < 0 || value >= classes) is >= 0 and var wrong)
        {
            throw new ArgumentException($"one_hot takes numbers from 0 to {classes - 1}; found {values[wrong]}.", nameof(x));
        }

        var rows = new long[values.Length * classes];
        for (var i = 0; i < values.Length; i++)
        {
            rows[(i * classes) + values[i]] = 1;
        }

        return Torch.Tensor(rows, [.. x.Shape, classes]);
    }

    /// <summary>x·Φ(x), with the error function.</summary>
    [Counterpart("gelu")]
    public static Tensor Gelu(Tensor x) => x.Gelu();

    /// <summary>x·Φ(x), with the error function or its tanh approximation.</summary>
    [Counterpart("gelu")]
    public static Tensor Gelu(Tensor x, GeluApproximate approximate) => x.Gelu(approximate);

    /// <summary>max(x, 0); in place, the input is overwritten and given back.</summary>
    [Counterpart("relu")]
    public static Tensor Relu(Tensor x, bool inplace = false) => inplace ? x.Relu_().Alias() : x.Relu();

    /// <summary>x / (1 + e⁻ˣ).</summary>
    [Counterpart("silu")]
    public static Tensor Silu(Tensor x) => x.Silu();

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [Counterpart("sigmoid")]
    public static Tensor Sigmoid(Tensor x) => x.Sigmoid();

    /// <summary>Hyperbolic tangent.</summary>
    [Counterpart("tanh")]
    public static Tensor Tanh(Tensor x) => x.Tanh();

    /// <summary>e^x over its sum along a dimension.</summary>
    [Counterpart("softmax")]
    public static Tensor Softmax(Tensor input, long dim, DType? dtype = null) => input.Softmax(dim, dtype);

    /// <summary>Logarithm of the softmax along a dimension.</summary>
    [Counterpart("log_softmax")]
    public static Tensor LogSoftmax(Tensor x, long dim) => x.LogSoftmax(dim);

    /// <summary>The input: nothing is dropped at run time.</summary>
    [Counterpart("dropout")]
    public static Tensor Dropout(Tensor input, double p = 0.5, bool training = true, bool inplace = false) => input.Alias();

    /// <summary>The input: nothing is dropped at run time.</summary>
    [Counterpart("dropout1d")]
    public static Tensor Dropout1d(Tensor input, double p = 0.5, bool training = true, bool inplace = false) => input.Alias();

    /// <summary>The input: nothing is dropped at run time.</summary>
    [Counterpart("dropout2d")]
    public static Tensor Dropout2d(Tensor input, double p = 0.5, bool training = true, bool inplace = false) => input.Alias();

    /// <summary>The input: nothing is dropped at run time.</summary>
    [Counterpart("dropout3d")]
    public static Tensor Dropout3d(Tensor input, double p = 0.5, bool training = true, bool inplace = false) => input.Alias();

    /// <summary>The input: nothing is dropped at run time.</summary>
    [Counterpart("alpha_dropout")]
    public static Tensor AlphaDropout(Tensor input, double p = 0.5, bool training = false, bool inplace = false) => input.Alias();

    /// <summary>The input: nothing is dropped at run time.</summary>
    [Counterpart("feature_alpha_dropout")]
    public static Tensor FeatureAlphaDropout(Tensor input, double p = 0.5, bool training = false, bool inplace = false) => input.Alias();

    /// <summary>Normalizes over the trailing dimensions, then scales and shifts.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Counterpart("layer_norm")]
    public static Tensor LayerNorm(Tensor input, ReadOnlySpan<long> normalized_shape, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
        input.Dtype == DType.Float32
            ? Normalization.Layer(input, normalized_shape, weight, bias, eps)
            : OtherNormalization.Layer(input, normalized_shape, weight, bias, eps);

    /// <summary>Normalizes each channel by given statistics, or by those of the batch where none are given; then scales and shifts.</summary>
    /// <param name="input">[N, C, …].</param>
    /// <param name="running_mean">[C], or null.</param>
    /// <param name="running_var">[C], or null.</param>
    /// <param name="weight">[C], or null.</param>
    /// <param name="bias">[C], or null.</param>
    /// <param name="training">Whether the batch's statistics count though others are given. Those are not changed at run time.</param>
    /// <param name="momentum">Without meaning here.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Counterpart("batch_norm")]
    public static Tensor BatchNorm(
        Tensor input, Tensor? running_mean, Tensor? running_var, Tensor? weight = null, Tensor? bias = null, bool training = false, double momentum = 0.1,
        double eps = 1e-5)
    {
        var isSingle = input.Dtype == DType.Float32;
        if (training || running_mean is null || running_var is null)
        {
            return isSingle ? Normalization.BatchOfItself(input, weight, bias, eps) : OtherNormalization.BatchOfItself(input, weight, bias, eps);
        }

        return isSingle
            ? Normalization.Batch(input, running_mean, running_var, weight, bias, eps)
            : OtherNormalization.Batch(input, running_mean, running_var, weight, bias, eps);
    }

    /// <summary>Normalizes groups of channels of each element of the batch, then scales and shifts each channel.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Counterpart("group_norm")]
    public static Tensor GroupNorm(Tensor input, long num_groups, Tensor? weight = null, Tensor? bias = null, double eps = 1e-5) =>
        Groups(input, num_groups, weight, bias, eps, "group_norm");

    /// <summary>Normalizes each channel of each element of the batch by its own statistics or by given ones, then scales and shifts.</summary>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    [Counterpart("instance_norm")]
    public static Tensor InstanceNorm(
        Tensor input, Tensor? running_mean = null, Tensor? running_var = null, Tensor? weight = null, Tensor? bias = null, bool use_input_stats = true,
        double momentum = 0.1, double eps = 1e-5) => use_input_stats || running_mean is null || running_var is null
            ? Groups(input, input.Rank < 2 ? 1 : input.Shape[1], weight, bias, eps, "instance_norm")
            : BatchNorm(input, running_mean, running_var, weight, bias, eps: eps);

    /// <summary>Divides each element by a power of the mean square of the channels around its own.</summary>
    /// <exception cref="ArgumentException">The input has less than three dimensions.</exception>
    [Counterpart("local_response_norm")]
    public static Tensor LocalResponseNorm(Tensor input, long size, double alpha = 1e-4, double beta = 0.75, double k = 1) =>
        input.Dtype == DType.Float32 ? Normalization.LocalResponse(input, size, alpha, beta, k) : OtherNormalization.LocalResponse(input, size, alpha, beta, k);

    /// <summary>softmax(q·kᵀ/√d + mask)·v.</summary>
    /// <param name="query">[…, L, d].</param>
    /// <param name="key">[…, S, d].</param>
    /// <param name="value">[…, S, e].</param>
    /// <param name="attn_mask">Broadcast to […, L, S]: true where attention is allowed, or numbers that are added.</param>
    /// <param name="p">Dropout; nothing is dropped at run time.</param>
    /// <param name="is_casual">Whether query i sees keys 0 … i only. (The spelling is TorchSharp's.)</param>
    /// <returns>[…, L, e].</returns>
    /// <exception cref="ArgumentException">The shapes do not fit, or both a mask and <paramref name="is_casual"/> are given.</exception>
    [Counterpart("scaled_dot_product_attention")]
    public static Tensor ScaledDotProductAttention(
        Tensor query, Tensor key, Tensor value, Tensor? attn_mask = null, double p = 0, bool is_casual = false) =>
        Attention.Run(query, key, value, attn_mask, is_casual);

    /// <summary>Negative log-likelihood of classes under a softmax.</summary>
    /// <param name="input">Scores [N, C], [N, C, …] or [C].</param>
    /// <param name="target">Classes [N], [N, …] or [].</param>
    /// <param name="ignore_index">A class whose targets do not count.</param>
    /// <param name="reduction">How the losses are reduced.</param>
    /// <exception cref="ArgumentException">The shapes do not fit, or a target is no class.</exception>
    [Counterpart("cross_entropy")]
    public static Tensor CrossEntropy(Tensor input, Tensor target, long ignore_index = -100, Reduction reduction = Reduction.Mean) =>
        Losses.CrossEntropy(input, target, ignore_index, reduction);

    /// <summary>Rows of a table.</summary>
    /// <param name="input">Integers […].</param>
    /// <param name="weight">[entries, width], dense or packed.</param>
    /// <returns>[…, width].</returns>
    /// <exception cref="ArgumentException">The input is not integer, or an index is outside the table.</exception>
    internal static Tensor Embedding(Tensor input, Tensor weight) => EmbeddingKernel.Run(input, weight);

    private static Tensor Groups(Tensor input, long groups, Tensor? weight, Tensor? bias, double eps, string operation) => input.Dtype == DType.Float32
        ? Normalization.Groups(input, groups, weight, bias, eps, operation)
        : OtherNormalization.Groups(input, groups, weight, bias, eps, operation);
}
