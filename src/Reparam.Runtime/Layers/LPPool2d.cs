namespace Reparam.Runtime;

/// <summary>The p-norm of each window.</summary>
[Counterpart("TorchSharp.Modules.LPPool2d")]
public sealed class LPPool2d : Module<Tensor, Tensor>
{
    private readonly double norm;
    private readonly long[] kernel;
    private readonly long[]? stride;
    private readonly bool ceil;

    internal LPPool2d(double norm, long[] kernel, long[]? stride, bool ceil)
        : base(nameof(LPPool2d))
    {
        this.norm = norm;
        this.kernel = kernel;
        this.stride = stride;
        this.ceil = ceil;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.LpPool2d(input, norm, kernel, stride, ceil);
}
