using System.ComponentModel;

namespace Reparam.Runtime;

/// <content>
/// What a constructor does to the first values of a weight. The checkpoint fills every weight, so these draw nothing; the generator binds them
/// where a constructor makes a weight or a buffer. Anywhere else it binds what draws.
/// </content>
public partial class Tensor
{
    /// <summary>For twins alone: gives the tensor back unchanged.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Counterpart("normal_", IsInitialisation = true)]
    public Tensor InitialNormal_(double mean = 0, double std = 1) => this;

    /// <summary>For twins alone: gives the tensor back unchanged.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Counterpart("uniform_", IsInitialisation = true)]
    public Tensor InitialUniform_(double from, double to) => this;

    /// <summary>For twins alone: zeros in the shape of the tensor.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Counterpart("rand_like", IsInitialisation = true)]
    public Tensor InitialRandLike(DType? dtype = null, Device? device = null, bool requires_grad = false) => Torch.ZerosLike(this, dtype);

    /// <summary>For twins alone: zeros in the shape of the tensor.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Counterpart("randn_like", IsInitialisation = true)]
    public Tensor InitialRandnLike(DType? dtype = null, Device? device = null, bool requires_grad = false) => Torch.ZerosLike(this, dtype);
}
