namespace Reparam.Runtime;

/// <summary>Means of windows that divide each row into a given number of parts.</summary>
[Counterpart("TorchSharp.Modules.AdaptiveAvgPool1d")]
public sealed class AdaptiveAvgPool1d : Module<Tensor, Tensor>
{
    private readonly long outputSize;

    internal AdaptiveAvgPool1d(long outputSize)
        : base(nameof(AdaptiveAvgPool1d))
    {
        this.outputSize = outputSize;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.AdaptiveAvgPool1d(input, outputSize);
}
