namespace Reparam.Runtime;

/// <summary>a·σ(b), where a and b are the halves of the input along a dimension.</summary>
[Counterpart("TorchSharp.Modules.GLU")]
public sealed class GLU : Module<Tensor, Tensor>
{
    private readonly long dim;

    internal GLU(long dim)
        : base(nameof(GLU))
    {
        this.dim = dim;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Glu(input, dim);
}
