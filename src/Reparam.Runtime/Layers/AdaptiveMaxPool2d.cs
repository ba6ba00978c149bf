namespace Reparam.Runtime;

/// <summary>Largest elements of windows that divide each image into a given number of parts.</summary>
[Counterpart("TorchSharp.Modules.AdaptiveMaxPool2d")]
public sealed class AdaptiveMaxPool2d : Module<Tensor, Tensor>
{
    private readonly long[] outputSize;

    internal AdaptiveMaxPool2d(long[] outputSize)
        : base(nameof(AdaptiveMaxPool2d))
    {
        this.outputSize = outputSize;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.AdaptiveMaxPool2d(input, outputSize);

    /// <summary>The largest elements and where they are.</summary>
    [Counterpart("forward_with_indices")]
    public (Tensor Values, Tensor Indices) ForwardWithIndices(Tensor input) => Functional.AdaptiveMaxPool2dWithIndices(input, outputSize);
}
