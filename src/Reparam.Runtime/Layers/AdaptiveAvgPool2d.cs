namespace Reparam.Runtime;

/// <summary>Means of windows that divide each image into a given number of parts.</summary>
[Counterpart("TorchSharp.Modules.AdaptiveAvgPool2d")]
public sealed class AdaptiveAvgPool2d : Module<Tensor, Tensor>
{
    private readonly long[] outputSize;

    internal AdaptiveAvgPool2d(long[] outputSize)
        : base(nameof(AdaptiveAvgPool2d))
    {
        this.outputSize = outputSize;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.AdaptiveAvgPool2d(input, outputSize);
}
