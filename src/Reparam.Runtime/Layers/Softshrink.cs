namespace Reparam.Runtime;

/// <summary>x moved towards zero by a bound, and zero within it.</summary>
[Counterpart("TorchSharp.Modules.Softshrink")]
public sealed class Softshrink : Module<Tensor, Tensor>
{
    private readonly double bound;

    internal Softshrink(double bound)
        : base(nameof(Softshrink))
    {
        this.bound = bound;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Softshrink(input, bound);
}
