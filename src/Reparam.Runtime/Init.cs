namespace Reparam.Runtime;

/// <summary>Initialisation, without effect: loading fills every weight. A constructor that initialises its layers is translated as it stands.</summary>
[Counterpart("TorchSharp.torch+nn+init")]
public static class Init
{
    /// <summary>Gives the tensor back unchanged.</summary>
    [Counterpart("ones_")]
    public static Tensor Ones_(Tensor tensor) => tensor;

    /// <summary>Gives the tensor back unchanged.</summary>
    [Counterpart("zeros_")]
    public static Tensor Zeros_(Tensor tensor) => tensor;

    /// <summary>Gives the tensor back unchanged.</summary>
    [Counterpart("constant_")]
    public static Tensor Constant_(Tensor tensor, Scalar val) => tensor;

    /// <summary>Gives the tensor back unchanged.</summary>
    [Counterpart("uniform_")]
    public static Tensor Uniform_(Tensor tensor, double low = 0, double high = 1) => tensor;

    /// <summary>Gives the tensor back unchanged.</summary>
    [Counterpart("normal_")]
    public static Tensor Normal_(Tensor tensor, double mean = 0, double std = 1) => tensor;

    /// <summary>Gives the tensor back unchanged.</summary>
    [Counterpart("trunc_normal_")]
    public static Tensor TruncNormal_(Tensor tensor, double mean = 0, double std = 1, double a = -2, double b = 2) => tensor;

    /// <summary>Gives the tensor back unchanged.</summary>
    [Counterpart("orthogonal_")]
    public static Tensor Orthogonal_(Tensor tensor, double gain = 1) => tensor;

    /// <summary>Gives the tensor back unchanged.</summary>
    [Counterpart("xavier_uniform_")]
    public static Tensor XavierUniform_(Tensor tensor, double gain = 1) => tensor;

    /// <summary>Gives the tensor back unchanged.</summary>
    [Counterpart("xavier_normal_")]
    public static Tensor XavierNormal_(Tensor tensor, double gain = 1) => tensor;

    /// <summary>Gives the tensor back unchanged.</summary>
    [Counterpart("kaiming_uniform_")]
    public static Tensor KaimingUniform_(
        Tensor tensor, double a = 0, InitFan mode = InitFan.FanIn, InitNonlinearity nonlinearity = InitNonlinearity.LeakyReLU) => tensor;

    /// <summary>Gives the tensor back unchanged.</summary>
    [Counterpart("kaiming_normal_")]
    public static Tensor KaimingNormal_(
        Tensor tensor, double a = 0, InitFan mode = InitFan.FanIn, InitNonlinearity nonlinearity = InitNonlinearity.LeakyReLU) => tensor;

    /// <summary>Gives the tensor back unchanged.</summary>
    [Counterpart("glorot_uniform_")]
    public static Tensor GlorotUniform_(Tensor tensor, double gain = 1) => tensor;

    /// <summary>Gives the tensor back unchanged.</summary>
    [Counterpart("glorot_normal_")]
    public static Tensor GlorotNormal_(Tensor tensor, double gain = 1) => tensor;

    /// <summary>Gives the tensor back unchanged.</summary>
    [Counterpart("dirac_")]
    public static Tensor Dirac_(Tensor tensor) => tensor;

    /// <summary>Gives the tensor back unchanged.</summary>
    [Counterpart("eye_")]
    public static Tensor Eye_(Tensor tensor) => tensor;

    /// <summary>Gives the tensor back unchanged.</summary>
    [Counterpart("sparse_")]
    public static Tensor Sparse_(Tensor tensor, double sparsity, double std = 0.01) => tensor;

    /// <summary>The factor that keeps the variance through an activation.</summary>
    /// <param name="nonlinearity">What follows the weight.</param>
    /// <param name="param">Slope of <see cref="InitNonlinearity.LeakyReLU"/>; 0 stands for 0.01, as in TorchSharp.</param>
    [Counterpart("calculate_gain")]
    public static double CalculateGain(InitNonlinearity nonlinearity, double param = 0) => nonlinearity switch
    {
        InitNonlinearity.Tanh => 5.0 / 3.0,
        InitNonlinearity.ReLU => Math.Sqrt(2.0),
        InitNonlinearity.LeakyReLU => Math.Sqrt(2.0 / (1 + (param * param))),
        _ => 1.0,
    };

    /// <summary>Inputs and outputs of a weight, times the size of its kernel.</summary>
    /// <param name="tensor">[outputs, inputs, …].</param>
    /// <exception cref="ArgumentException">There are less than two dimensions.</exception>
    [Counterpart("CalculateFanInAndFanOut")]
    public static (long fanIn, long fanOut) CalculateFanInAndFanOut(Tensor tensor)
    {
        if (tensor.Rank < 2)
        {
            throw new ArgumentException($"Fan in and fan out need two dimensions, but the tensor has shape {Layout.Describe(tensor.Shape)}.");
        }

        var kernel = Layout.Count(tensor.Shape[2..]);
        return (tensor.Shape[1] * kernel, tensor.Shape[0] * kernel);
    }
}
