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
    public static Tensor KaimingUniform_(Tensor tensor, double a = 0) => tensor;

    /// <summary>Gives the tensor back unchanged.</summary>
    [Counterpart("kaiming_normal_")]
    public static Tensor KaimingNormal_(Tensor tensor, double a = 0) => tensor;
}
