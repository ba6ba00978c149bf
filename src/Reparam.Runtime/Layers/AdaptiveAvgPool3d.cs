namespace Reparam.Runtime;

/// <summary>Means of windows that divide each volume into a given number of parts.</summary>
[Counterpart("TorchSharp.Modules.AdaptiveAvgPool3d")]
public sealed class AdaptiveAvgPool3d : Module<Tensor, Tensor>
{
    private readonly long[] outputSize;

    internal AdaptiveAvgPool3d(long[] outputSize)
        : base(nameof(AdaptiveAvgPool3d))
    {
        this.outputSize = outputSize;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.AdaptiveAvgPool3d(input, outputSize);
}
