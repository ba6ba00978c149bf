using Reparam.Runtime.Kernels;
using Reparam.Runtime.Kernels.Operations;

namespace Reparam.Runtime;

/// <content>Activations.</content>
public partial class Tensor
{
    private const double SeluScale = 1.0507009873554804934193349852946;
    private const double SeluAlpha = 1.6732632423543772848170429916717;

    /// <summary>max(x, 0).</summary>
    [Counterpart("relu")]
    public Tensor Relu() => Binary<Maximum<float>, Maximum<double>, Maximum<long>>(this, 0, Numeric(Dtype, "relu"), "relu");

    /// <summary>x cut to 0 … 6.</summary>
    [Counterpart("relu6")]
    public Tensor Relu6() => Hardtanh(0, 6);

    /// <summary>x cut to a range.</summary>
    [Counterpart("hardtanh")]
    public Tensor Hardtanh(Scalar min, Scalar max) => ElementTypes.IsFloat(Dtype)
        ? Activated(new Bounded(min.ToSingle(), max.ToSingle()), x => Math.Min(Math.Max(x, min.ToDouble()), max.ToDouble()), "hardtanh")
        : Binary<Minimum<float>, Minimum<double>, Minimum<long>>(
            Binary<Maximum<float>, Maximum<double>, Maximum<long>>(this, min, Numeric(Dtype, "hardtanh"), "hardtanh"), max, Dtype, "hardtanh");

    /// <summary>x where it is positive, else slope · x.</summary>
    [Counterpart("leaky_relu")]
    public Tensor LeakyRelu(Scalar negative_slope) =>
        Activated(new LeakyRectifiedLinear(negative_slope.ToSingle()), x => x > 0 ? x : x * negative_slope.ToDouble(), "leaky_relu");

    /// <summary>x where it is positive, else weight · x: one weight, or one for each channel (dimension 1).</summary>
    [Counterpart("prelu")]
    public Tensor Prelu(Tensor target)
    {
        if (target.Dtype != RequireFloat("prelu").Dtype)
        {
            throw new InvalidOperationException($"prelu: weights and input must have the same type, but are {target.Dtype} and {Dtype}.");
        }

        if (target.Rank > 1 || (target.Count != 1 && target.Count != (Rank > 1 ? Shape[1] : 1)))
        {
            throw new ArgumentException($"prelu: weights {Layout.Describe(target.Shape)} do not fit an input of shape {Layout.Describe(Shape)}.");
        }

        Span<long> shape = stackalloc long[Math.Max(Rank, 1)];
        shape.Fill(1);
        shape[Rank > 1 ? 1 : 0] = target.Count;
        var weight = Rank == 0 ? target.Reshape([]) : target.Reshape(shape);
        return Selection.Where(Gt(0), this, Mul(weight));
    }

    /// <summary>x · min(max(x + 3, 0), 6) / 6.</summary>
    [Counterpart("hardswish")]
    public Tensor Hardswish() => Activated(default(HardSwishLinear), x => x * Math.Min(Math.Max(x + 3, 0), 6) / 6, "hardswish");

    /// <summary>min(max(x + 3, 0), 6) / 6.</summary>
    [Counterpart("hardsigmoid")]
    public Tensor Hardsigmoid() => Activated(default(HardLogistic), x => Math.Min(Math.Max(x + 3, 0), 6) / 6, "hardsigmoid");

    /// <summary>x where it is positive, else alpha · (eˣ − 1).</summary>
    [Counterpart("elu")]
    public Tensor Elu(double alpha = 1) => Elu(alpha, 1, 1);

    /// <summary>scale · x where it is positive, else scale · alpha · (e^(input_scale · x) − 1).</summary>
    [Counterpart("elu")]
    public Tensor Elu(Scalar alpha, Scalar scale, Scalar input_scale)
    {
        var (a, s, i) = (alpha.ToDouble(), scale.ToDouble(), input_scale.ToDouble());
        return Activated(new ExponentialLinear((float)a, (float)s, (float)i), x => x > 0 ? s * x : s * a * SpecialFunctions.ExpMinusOne(i * x), "elu");
    }

    /// <summary>max(x, 0) + min(alpha · (e^(x / alpha) − 1), 0).</summary>
    [Counterpart("celu")]
    public Tensor Celu(Scalar alpha) => alpha.ToDouble() == 0
        ? throw new ArgumentException("celu: alpha must not be zero.")
        : Elu(alpha, 1, 1 / alpha.ToDouble());

    /// <summary>max(x, 0) + min(eˣ − 1, 0).</summary>
    [Counterpart("celu")]
    public Tensor Celu() => Celu(1);

    /// <summary>The exponential linear unit with the scale and slope that keep mean 0 and variance 1.</summary>
    [Counterpart("selu")]
    public Tensor Selu() => Elu(SeluAlpha, SeluScale, 1);

    /// <summary>x / (1 + e⁻ˣ).</summary>
    [Counterpart("silu")]
    public Tensor Silu() => Unary<SigmoidLinear>(RequireFloat("silu").Dtype, "silu");

    /// <summary>x·Φ(x), with the error function.</summary>
    [Counterpart("gelu")]
    public Tensor Gelu() => Unary<GaussianErrorLinear>(RequireFloat("gelu").Dtype, "gelu");

    /// <summary>x·Φ(x), with the error function or its tanh approximation.</summary>
    [Counterpart("gelu")]
    public Tensor Gelu(GeluApproximate approximate) => approximate == GeluApproximate.Tanh
        ? Unary<GaussianErrorLinearTanh>(RequireFloat("gelu").Dtype, "gelu")
        : Gelu();

    /// <summary>ln(1 + e^(beta · x)) / beta; x itself where beta · x is above the threshold.</summary>
    [Counterpart("softplus")]
    public Tensor Softplus(double beta = 1, double threshold = 20) => Activated(
        new SoftRectifiedLinear((float)beta, (float)threshold), x => beta * x > threshold ? x : SpecialFunctions.Softplus(beta * x) / beta, "softplus");

    /// <summary>−ln(1 + e⁻ˣ).</summary>
    [Counterpart("log_sigmoid")]
    public Tensor LogSigmoid() => Activated(default(LogarithmicLogistic), x => -SpecialFunctions.Softplus(-x), "log_sigmoid");

    /// <summary>x where it is above the threshold, else a value.</summary>
    [Counterpart("threshold")]
    public Tensor Threshold(Scalar threshold, Scalar value)
    {
        var type = Numeric(Dtype, "threshold");
        return Selection.Where(Gt(threshold).LogicalOr(Isnan()), this, Of(value, type));
    }

    /// <summary>The first half of a dimension times the sigmoid of the second.</summary>
    [Counterpart("glu")]
    public Tensor Glu(long dim = -1)
    {
        var at = Dimension(dim);
        if (Rank == 0 || Shape[at] % 2 != 0)
        {
            throw new ArgumentException($"glu: dimension {dim} of {Layout.Describe(Shape)} must have an even size.");
        }

        var half = Shape[at] / 2;
        return InHub(
            RequireFloat("glu").Dtype,
            type => As(type).Narrow(at, 0, half).Mul(As(type).Narrow(at, half, half).Sigmoid()));
    }

    /// <summary>The leaky rectifier with the mean of both slopes: at run time none is drawn.</summary>
    [Counterpart("rrelu")]
    public Tensor Rrelu(double lower = 1.0 / 8, double upper = 1.0 / 3) => LeakyRelu((lower + upper) / 2);
}
