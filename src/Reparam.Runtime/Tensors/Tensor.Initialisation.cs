using System.ComponentModel;

namespace Reparam.Runtime;

/// <content>
/// What a constructor does to the first values of a weight. The checkpoint fills every weight, so these do nothing; the generator binds them
/// where a constructor makes a weight or a buffer, and nowhere else.
/// </content>
public partial class Tensor
{
    /// <summary>For twins alone: gives the tensor back unchanged.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Counterpart("normal_", IsInitialisation = true)]
    public Tensor Normal_(double mean = 0, double std = 1) => this;

    /// <summary>For twins alone: gives the tensor back unchanged.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    [Counterpart("uniform_", IsInitialisation = true)]
    public Tensor Uniform_(double from, double to) => this;
}
