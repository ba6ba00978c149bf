namespace Reparam.Runtime;

/// <summary>Zero within a bound, else x.</summary>
[Counterpart("TorchSharp.Modules.Hardshrink")]
public sealed class Hardshrink : Module<Tensor, Tensor>
{
    private readonly double bound;

    internal Hardshrink(double bound)
        : base(nameof(Hardshrink))
    {
        this.bound = bound;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Hardshrink(input, bound);
}
