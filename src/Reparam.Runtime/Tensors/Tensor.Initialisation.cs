namespace Reparam.Runtime;

/// <content>
/// What a constructor does to the first values of a weight. The checkpoint fills every weight, so these do nothing; the generator binds them
/// where a constructor makes a weight or a buffer, and nowhere else.
/// </content>
public partial class Tensor
{
    /// <summary>Gives the tensor back unchanged.</summary>
    [Counterpart("normal_", IsInitialisation = true)]
    public Tensor Normal_(double mean = 0, double std = 1) => this;

    /// <summary>Gives the tensor back unchanged.</summary>
    [Counterpart("uniform_", IsInitialisation = true)]
    public Tensor Uniform_(double from, double to) => this;

    /// <summary>Gives the tensor back unchanged.</summary>
    [Counterpart("mul_", IsInitialisation = true)]
    public Tensor Mul_(Scalar target) => this;

    /// <summary>Gives the tensor back unchanged.</summary>
    [Counterpart("mul_", IsInitialisation = true)]
    public Tensor Mul_(Tensor target) => this;

    /// <summary>Gives the tensor back unchanged.</summary>
    [Counterpart("div_", IsInitialisation = true)]
    public Tensor Div_(Scalar target) => this;

    /// <summary>Gives the tensor back unchanged.</summary>
    [Counterpart("div_", IsInitialisation = true)]
    public Tensor Div_(Tensor target) => this;
}
