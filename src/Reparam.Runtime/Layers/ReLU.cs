namespace Reparam.Runtime;

/// <summary>max(x, 0).</summary>
[Counterpart("TorchSharp.Modules.ReLU")]
public sealed class ReLU : Module<Tensor, Tensor>
{
    private readonly bool inPlace;

    internal ReLU(bool inPlace)
        : base(nameof(ReLU))
    {
        this.inPlace = inPlace;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Relu(input, inPlace);
}
