namespace Reparam.Runtime;

/// <summary>Largest elements of windows that divide each volume into a given number of parts.</summary>
[Counterpart("TorchSharp.Modules.AdaptiveMaxPool3d")]
public sealed class AdaptiveMaxPool3d : Module<Tensor, Tensor>
{
    private readonly long[] outputSize;

    internal AdaptiveMaxPool3d(long[] outputSize)
        : base(nameof(AdaptiveMaxPool3d))
    {
        this.outputSize = outputSize;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.AdaptiveMaxPool3d(input, outputSize);

    /// <summary>The largest elements and where they are.</summary>
    [Counterpart("forward_with_indices")]
    public (Tensor Values, Tensor Indices) ForwardWithIndices(Tensor input) => Functional.AdaptiveMaxPool3dWithIndices(input, outputSize);
}
