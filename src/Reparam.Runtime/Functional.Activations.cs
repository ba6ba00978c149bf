using Reparam.Runtime.Kernels;
using Reparam.Runtime.Kernels.Operations;

namespace Reparam.Runtime;

/// <content>Activations. In place, the input is overwritten and given back.</content>
public static partial class Functional
{
    private const double SeluAlpha = 1.6732632423543772848170429916717;
    private const double SeluScale = 1.0507009873554804934193349852946;

    /// <summary>x·Φ(x), with the error function.</summary>
    [Counterpart("gelu")]
    public static Tensor Gelu(Tensor x, bool inplace) => Overwrite(x, x.Gelu(), inplace);

    /// <summary>x·Φ(x), with the error function or its tanh approximation.</summary>
    [Counterpart("gelu")]
    public static Tensor Gelu(Tensor x, GeluApproximate approximate, bool inplace) => Overwrite(x, x.Gelu(approximate), inplace);

    /// <summary>x / (1 + e⁻ˣ).</summary>
    [Counterpart("silu")]
    public static Tensor Silu(Tensor x, bool inplace) => Overwrite(x, x.Silu(), inplace);

    /// <summary>x / (1 + e⁻ˣ).</summary>
    [Counterpart("SiLU")]
    public static Tensor SiLU(Tensor x, bool inplace = false) => Overwrite(x, x.Silu(), inplace);

    /// <summary>1 / (1 + e⁻ˣ).</summary>
    [Counterpart("sigmoid")]
    public static Tensor Sigmoid(Tensor x, bool inplace) => Overwrite(x, x.Sigmoid(), inplace);

    /// <summary>Hyperbolic tangent.</summary>
    [Counterpart("tanh")]
    public static Tensor Tanh(Tensor x, bool inplace) => Overwrite(x, x.Tanh(), inplace);

    /// <summary>x where it is positive, else alpha·(e^(x/alpha) − 1).</summary>
    [Counterpart("celu")]
    public static Tensor Celu(Tensor x, double alpha, bool inplace = false) =>
        VectorFunctions.Run(x, new ExponentialLinear((float)alpha, 1, (float)(1 / alpha)), inplace, "celu");

    /// <summary>x where it is positive, else alpha·(eˣ − 1). As in TorchSharp, the input is never overwritten.</summary>
    [Counterpart("elu")]
    public static Tensor Elu(Tensor x, double alpha, bool inplace = false) =>
        VectorFunctions.Run(x, new ExponentialLinear((float)alpha, 1, 1), inPlace: false, "elu");

    /// <summary>The exponential linear unit with the numbers that keep mean and variance.</summary>
    [Counterpart("selu")]
    public static Tensor Selu(Tensor x, bool inplace = false) =>
        VectorFunctions.Run(x, new ExponentialLinear((float)SeluAlpha, (float)SeluScale, 1), inplace, "selu");

    /// <summary>a·σ(b), where a and b are the halves of the input along a dimension.</summary>
    /// <exception cref="ArgumentException">The dimension is not even.</exception>
    [Counterpart("glu")]
    public static Tensor Glu(Tensor input, long dim = -1)
    {
        var size = input.Size((int)dim);
        return size % 2 == 0
            ? input.Narrow(dim, 0, size / 2).Mul(input.Narrow(dim, size / 2, size / 2).Sigmoid())
            : throw new ArgumentException($"glu: dimension {dim} of the input {Layout.Describe(input.Shape)} must be even.");
    }

    /// <summary>Zero within a bound, else x.</summary>
    [Counterpart("hardshrink")]
    public static Tensor Hardshrink(Tensor x, double lambda = 0.5) => VectorFunctions.Run(x, new HardShrinkage((float)lambda), false, "hardshrink");

    /// <summary>x moved towards zero by a bound, and zero within it.</summary>
    [Counterpart("softshrink")]
    public static Tensor Softshrink(Tensor x, double lambda = 0.5) => lambda >= 0
        ? VectorFunctions.Run(x, new SoftShrinkage((float)lambda), false, "softshrink")
        : throw new ArgumentException($"softshrink: lambda must not be negative, but is {lambda}.");

    /// <summary>min(max(x + 3, 0), 6) / 6.</summary>
    [Counterpart("hardsigmoid")]
    public static Tensor Hardsigmoid(Tensor input, bool inplace = false) => VectorFunctions.Run(input, default(HardLogistic), inplace, "hardsigmoid");

    /// <summary>x·min(max(x + 3, 0), 6) / 6.</summary>
    [Counterpart("hardswish")]
    public static Tensor Hardswish(Tensor input, bool inplace = false) => VectorFunctions.Run(input, default(HardSwishLinear), inplace, "hardswish");

    /// <summary>min(max(x, min_val), max_val) in place; else the input as it is, which is what TorchSharp gives and what its models are trained with.</summary>
    [Counterpart("hardtanh")]
    public static Tensor Hardtanh(Tensor x, double min_val = -1.0, double max_val = 1.0, bool inplace = false) =>
        inplace ? VectorFunctions.Run(x, new Bounded((float)min_val, (float)max_val), inPlace: true, "hardtanh") : x.Alias();

    /// <summary>min(max(x, 0), 6).</summary>
    [Counterpart("relu6")]
    public static Tensor Relu6(Tensor x, bool inplace = false) => VectorFunctions.Run(x, new Bounded(0, 6), inplace, "relu6");

    /// <summary>x where it is positive, else x·negative_slope.</summary>
    [Counterpart("leaky_relu")]
    public static Tensor LeakyRelu(Tensor input, double negative_slope = 0.01, bool inplace = false) =>
        VectorFunctions.Run(input, new LeakyRectifiedLinear((float)negative_slope), inplace, "leaky_relu");

    /// <summary>x where it is positive, else x·(lower + upper) / 2: nothing is drawn at run time.</summary>
    [Counterpart("rrelu")]
    public static Tensor Rrelu(Tensor x, double lower = 1.0 / 8, double upper = 1.0 / 3, bool inplace = false) =>
        VectorFunctions.Run(x, new LeakyRectifiedLinear((float)((lower + upper) / 2)), inplace, "rrelu");

    /// <summary>x where it is positive, else x times a weight of its channel.</summary>
    /// <param name="input">[N, C, …], or anything for one weight.</param>
    /// <param name="weight">[C] or [1].</param>
    /// <exception cref="ArgumentException">The weights are not one for each channel.</exception>
    [Counterpart("prelu")]
    public static Tensor Prelu(Tensor input, Tensor weight)
    {
        var channels = input.Rank < 2 ? 1 : input.Shape[1];
        if (weight.Count != 1 && weight.Count != channels)
        {
            throw new ArgumentException($"prelu: {weight.Count} weights do not fit the {channels} channel(s) of the input {Layout.Describe(input.Shape)}.");
        }

        Span<long> shape = stackalloc long[Math.Max(input.Rank, 1)];
        shape.Fill(1);
        shape[input.Rank < 2 ? 0 : 1] = weight.Count;
        var slopes = weight.Reshape(shape[..input.Rank]);
        return input.ClampMin(0).Add(input.ClampMax(0).Mul(slopes));
    }

    /// <summary>ln(1 / (1 + e⁻ˣ)).</summary>
    [Counterpart("logsigmoid")]
    public static Tensor Logsigmoid(Tensor x) => VectorFunctions.Run(x, default(LogarithmicLogistic), false, "logsigmoid");

    /// <summary>x·tanh(ln(1 + eˣ)).</summary>
    [Counterpart("mish")]
    public static Tensor Mish(Tensor x, bool inplace = false) => VectorFunctions.Run(x, default(MishLinear), inplace, "mish");

    /// <summary>Softmax over the channels of images.</summary>
    /// <param name="x">[N, C, H, W] or [C, H, W].</param>
    /// <exception cref="ArgumentException">The input has another rank.</exception>
    [Counterpart("softmax2d")]
    public static Tensor Softmax2d(Tensor x) => x.Rank is 3 or 4
        ? x.Softmax(-3)
        : throw new ArgumentException($"softmax2d: the input must be [N, C, H, W] or [C, H, W], but is {Layout.Describe(x.Shape)}.");

    /// <summary>Softmax of −x.</summary>
    [Counterpart("softmin")]
    public static Tensor Softmin(Tensor x, long dim) => x.Neg().Softmax(dim);

    /// <summary>ln(1 + e^(beta·x)) / beta; x where beta·x is above the threshold.</summary>
    [Counterpart("softplus")]
    public static Tensor Softplus(Tensor x, double beta = 1.0, double threshold = 20.0) =>
        VectorFunctions.Run(x, new SoftRectifiedLinear((float)beta, (float)threshold), false, "softplus");

    /// <summary>x / (1 + |x|).</summary>
    [Counterpart("softsign")]
    public static Tensor Softsign(Tensor x, bool inplace = false) => VectorFunctions.Run(x, default(SoftSign), inplace, "softsign");

    /// <summary>x − tanh(x).</summary>
    [Counterpart("tanhshrink")]
    public static Tensor Tanhshrink(Tensor x, bool inplace = false) => VectorFunctions.Run(x, default(HyperbolicTangentRest), inplace, "tanhshrink");

    /// <summary>x above a threshold, else a value.</summary>
    [Counterpart("threshold")]
    public static Tensor Threshold(Tensor x, double threshold, double value, bool inplace = false) =>
        VectorFunctions.Run(x, new Thresholded((float)threshold, (float)value), inplace, "threshold");

    private static Tensor Overwrite(Tensor x, Tensor result, bool inPlace) => inPlace ? x.Copy_(result).Alias() : result;
}
