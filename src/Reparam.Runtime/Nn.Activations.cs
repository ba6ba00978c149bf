namespace Reparam.Runtime;

/// <content>Activations and dropout. In place, the input is overwritten and given back.</content>
public static partial class Nn
{
    /// <summary>x where it is positive, else alpha·(e^(x/alpha) − 1).</summary>
    [Counterpart("CELU")]
    public static CELU CELU(double alpha = 1.0, bool inplace = false) => new(alpha, inplace);

    /// <summary>x where it is positive, else alpha·(eˣ − 1).</summary>
    [Counterpart("ELU")]
    public static ELU ELU(double alpha = 1.0, bool inplace = false) => new(alpha, inplace);

    /// <summary>The exponential linear unit with the numbers that keep mean and variance.</summary>
    [Counterpart("SELU")]
    public static SELU SELU(bool inplace = false) => new(inplace);

    /// <summary>x·Φ(x), with the error function.</summary>
    [Counterpart("GELU")]
    public static GELU GELU(bool inplace) => new(GeluApproximate.None, inplace);

    /// <summary>a·σ(b), where a and b are the halves of the input along a dimension.</summary>
    [Counterpart("GLU")]
    public static GLU GLU(long dim = -1) => new(dim);

    /// <summary>Zero within a bound, else x.</summary>
    [Counterpart("Hardshrink")]
    public static Hardshrink Hardshrink(double lambda = 0.5) => new(lambda);

    /// <summary>x moved towards zero by a bound, and zero within it.</summary>
    [Counterpart("Softshrink")]
    public static Softshrink Softshrink(double lambda = 0.5) => new(lambda);

    /// <summary>min(max(x + 3, 0), 6) / 6.</summary>
    [Counterpart("Hardsigmoid")]
    public static Hardsigmoid Hardsigmoid(bool inplace = false) => new(inplace);

    /// <summary>x·min(max(x + 3, 0), 6) / 6.</summary>
    [Counterpart("Hardswish")]
    public static Hardswish Hardswish(bool inplace = false) => new(inplace);

    /// <summary>x, cut to a range.</summary>
    [Counterpart("Hardtanh")]
    public static Hardtanh Hardtanh(double min_val = -1.0, double max_val = 1.0, bool inplace = false) => new(min_val, max_val, inplace);

    /// <summary>x where it is positive, else x·negative_slope.</summary>
    [Counterpart("LeakyReLU")]
    public static LeakyReLU LeakyReLU(double negative_slope = 0.01, bool inplace = false) => new(negative_slope, inplace);

    /// <summary>x where it is positive, else x times the middle of the range: nothing is drawn at run time.</summary>
    [Counterpart("RReLU")]
    public static RReLU RReLU(double lower = 1.0 / 8, double upper = 1.0 / 3, bool inplace = false) => new(lower, upper, inplace);

    /// <summary>An empty parametric rectifier.</summary>
    [Counterpart("PReLU")]
    public static PReLU PReLU(long num_parameters, double init = 0.25, Device? device = null, DType? dtype = null) => new(num_parameters);

    /// <summary>min(max(x, 0), 6).</summary>
    [Counterpart("ReLU6")]
    public static ReLU6 ReLU6(bool inplace = false) => new(inplace);

    /// <summary>ln(1 / (1 + e⁻ˣ)).</summary>
    [Counterpart("LogSigmoid")]
    public static LogSigmoid LogSigmoid() => new();

    /// <summary>x·tanh(ln(1 + eˣ)).</summary>
    [Counterpart("Mish")]
    public static Mish Mish() => new(false);

    /// <summary>x·tanh(ln(1 + eˣ)).</summary>
    [Counterpart("Mish")]
    public static Mish Mish(bool inplace) => new(inplace);

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [Counterpart("Sigmoid")]
    public static Sigmoid Sigmoid(bool inplace) => new(inplace);

    /// <summary>x / (1 + e⁻ˣ).</summary>
    [Counterpart("SiLU")]
    public static SiLU SiLU(bool inplace) => new(inplace);

    /// <summary>Softmax of −x along a dimension.</summary>
    [Counterpart("Softmin")]
    public static Softmin Softmin(long dim) => new(dim);

    /// <summary>Softmax over the channels of images.</summary>
    [Counterpart("Softmax2d")]
    public static Softmax2d Softmax2d() => new();

    /// <summary>ln(1 + e^(beta·x)) / beta; x where beta·x is above the threshold.</summary>
    [Counterpart("Softplus")]
    public static Softplus Softplus(double beta = 1.0, double threshold = 20.0) => new(beta, threshold);

    /// <summary>x / (1 + |x|).</summary>
    [Counterpart("Softsign")]
    public static Softsign Softsign() => new(false);

    /// <summary>x / (1 + |x|).</summary>
    [Counterpart("Softsign")]
    public static Softsign Softsign(bool inplace) => new(inplace);

    /// <summary>Hyperbolic tangent.</summary>
    [Counterpart("Tanh")]
    public static Tanh Tanh(bool inplace) => new(inplace);

    /// <summary>x − tanh(x).</summary>
    [Counterpart("Tanhshrink")]
    public static Tanhshrink Tanhshrink() => new(false);

    /// <summary>x − tanh(x).</summary>
    [Counterpart("Tanhshrink")]
    public static Tanhshrink Tanhshrink(bool inplace) => new(inplace);

    /// <summary>x above a threshold, else a value.</summary>
    [Counterpart("Threshold")]
    public static Threshold Threshold(double threshold, double value, bool inplace = false) => new(threshold, value, inplace);

    /// <summary>The input: nothing is dropped at run time.</summary>
    [Counterpart("AlphaDropout")]
    public static AlphaDropout AlphaDropout(double p = 0.5, bool inplace = false) => new();

    /// <summary>The input: nothing is dropped at run time.</summary>
    [Counterpart("Dropout1d")]
    public static Dropout1d Dropout1d(double p = 0.5, bool inplace = false) => new();

    /// <summary>The input: nothing is dropped at run time.</summary>
    [Counterpart("Dropout2d")]
    public static Dropout2d Dropout2d(double p = 0.5, bool inplace = false) => new();

    /// <summary>The input: nothing is dropped at run time.</summary>
    [Counterpart("Dropout3d")]
    public static Dropout3d Dropout3d(double p = 0.5, bool inplace = false) => new();

    /// <summary>The input: nothing is dropped at run time.</summary>
    [Counterpart("FeatureAlphaDropout")]
    public static FeatureAlphaDropout FeatureAlphaDropout(double p = 0.5) => new();

    /// <summary>The input: nothing is dropped at run time.</summary>
    [Counterpart("FeatureAlphaDropout")]
    public static FeatureAlphaDropout FeatureAlphaDropout(double p, bool inplace) => new();
}
