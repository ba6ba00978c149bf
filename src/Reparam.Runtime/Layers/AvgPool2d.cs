namespace Reparam.Runtime;

/// <summary>Mean of each window.</summary>
[Counterpart("TorchSharp.Modules.AvgPool2d")]
public sealed class AvgPool2d : Module<Tensor, Tensor>
{
    private readonly long[] kernel;
    private readonly long[]? stride;
    private readonly long[]? padding;
    private readonly bool ceil;
    private readonly bool countPadding;
    private readonly long? divisor;

    internal AvgPool2d(long[] kernel, long[]? stride, long[]? padding, bool ceil, bool countPadding, long? divisor)
        : base(nameof(AvgPool2d))
    {
        this.kernel = kernel;
        this.stride = stride;
        this.padding = padding;
        this.ceil = ceil;
        this.countPadding = countPadding;
        this.divisor = divisor;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.AvgPool2d(input, kernel, stride, padding, ceil, countPadding, divisor);
}
