namespace Reparam.Runtime;

/// <summary>Largest elements of windows that divide each row into a given number of parts.</summary>
[Counterpart("TorchSharp.Modules.AdaptiveMaxPool1d")]
public sealed class AdaptiveMaxPool1d : Module<Tensor, Tensor>
{
    private readonly long outputSize;

    internal AdaptiveMaxPool1d(long outputSize)
        : base(nameof(AdaptiveMaxPool1d))
    {
        this.outputSize = outputSize;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.AdaptiveMaxPool1d(input, outputSize);

    /// <summary>The largest elements and where they are.</summary>
    [Counterpart("forward_with_indices")]
    public (Tensor Values, Tensor Indices) ForwardWithIndices(Tensor input) => Functional.AdaptiveMaxPool1dWithIndices(input, outputSize);
}
