namespace Reparam.Runtime;

/// <summary>min(max(x, 0), 6).</summary>
[Counterpart("TorchSharp.Modules.ReLU6")]
public sealed class ReLU6 : Module<Tensor, Tensor>
{
    private readonly bool inPlace;

    internal ReLU6(bool inPlace)
        : base(nameof(ReLU6))
    {
        this.inPlace = inPlace;
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Functional.Relu6(input, inPlace);
}
