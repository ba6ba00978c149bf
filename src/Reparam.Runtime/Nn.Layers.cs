namespace Reparam.Runtime;

/// <content>Layer normalization, activations and pooling.</content>
public static partial class Nn
{
    /// <summary>An empty layer normalization.</summary>
    [Counterpart("LayerNorm")]
    public static LayerNorm LayerNorm(
        ReadOnlySpan<long> normalized_shape, double eps = 1e-5, bool elementwise_affine = true, bool bias = true, Device? device = null, DType? dtype = null) =>
        new(normalized_shape, eps, elementwise_affine, bias);

    /// <summary>An empty layer normalization over the last dimension.</summary>
    [Counterpart("LayerNorm")]
    public static LayerNorm LayerNorm(
        long normalized_shape, double eps = 1e-5, bool elementwise_affine = true, bool bias = true, Device? device = null, DType? dtype = null) =>
        new([normalized_shape], eps, elementwise_affine, bias);

    /// <summary>The input: nothing is dropped at run time.</summary>
    [Counterpart("Dropout")]
    public static Dropout Dropout(double p = 0.5, bool inplace = false) => new();

    /// <summary>x·Φ(x), with the error function.</summary>
    [Counterpart("GELU")]
    public static GELU GELU() => new(GeluApproximate.None, inPlace: false);

    /// <summary>x·Φ(x), with the error function or its tanh approximation; in place, the input is overwritten and given back.</summary>
    [Counterpart("GELU")]
    public static GELU GELU(GeluApproximate approximate, bool inplace = false) => new(approximate, inplace);

    /// <summary>max(x, 0); in place, the input is overwritten and given back.</summary>
    [Counterpart("ReLU")]
    public static ReLU ReLU(bool inplace = false) => new(inplace);

    /// <summary>x / (1 + e⁻ˣ).</summary>
    [Counterpart("SiLU")]
    public static SiLU SiLU() => new(false);

    /// <summary>Hyperbolic tangent.</summary>
    [Counterpart("Tanh")]
    public static Tanh Tanh() => new(false);

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [Counterpart("Sigmoid")]
    public static Sigmoid Sigmoid() => new(false);

    /// <summary>Softmax along a dimension.</summary>
    [Counterpart("Softmax")]
    public static Softmax Softmax(long dim) => new(dim);

    /// <summary>Logarithm of the softmax along a dimension.</summary>
    [Counterpart("LogSoftmax")]
    public static LogSoftmax LogSoftmax(long dim) => new(dim);

    /// <summary>Merges dimensions.</summary>
    [Counterpart("Flatten")]
    public static Flatten Flatten(long start_dim = 1, long end_dim = -1) => new(start_dim, end_dim);

    /// <summary>The input.</summary>
    [Counterpart("Identity")]
    public static Identity Identity() => new();
}
