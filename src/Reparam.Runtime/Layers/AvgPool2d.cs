namespace Reparam.Runtime;

/// <summary>Mean of each window.</summary>
[Counterpart("TorchSharp.Modules.AvgPool2d")]
public sealed class AvgPool2d : Module<Tensor, Tensor>
{
    private readonly (long, long) kernel;
    private readonly (long, long) stride;
    private readonly (long, long) padding;
    private readonly bool ceil;
    private readonly bool countPadding;
    private readonly long? divisor;

    internal AvgPool2d((long, long) kernel, (long, long)? stride, (long, long)? padding, bool ceil, bool countPadding, long? divisor)
        : base(nameof(AvgPool2d))
    {
        this.kernel = kernel;
        this.stride = stride ?? kernel;
        this.padding = padding ?? (0, 0);
        this.ceil = ceil;
        this.countPadding = countPadding;
        this.divisor = divisor;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.AvgPool2d(
        input, [kernel.Item1, kernel.Item2], [stride.Item1, stride.Item2], [padding.Item1, padding.Item2], ceil, countPadding, divisor);
}
