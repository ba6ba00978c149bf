namespace Reparam.Runtime;

/// <summary>Mean of each window.</summary>
[Counterpart("TorchSharp.Modules.AvgPool1d")]
public sealed class AvgPool1d : Module<Tensor, Tensor>
{
    private readonly long kernel;
    private readonly long? stride;
    private readonly long padding;
    private readonly bool ceil;
    private readonly bool countPadding;

    internal AvgPool1d(long kernel, long? stride, long padding, bool ceil, bool countPadding)
        : base(nameof(AvgPool1d))
    {
        this.kernel = kernel;
        this.stride = stride;
        this.padding = padding;
        this.ceil = ceil;
        this.countPadding = countPadding;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.AvgPool1d(input, kernel, stride, padding, ceil, countPadding);
}
