using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>Base of emitted linear layers: y = x·wᵀ + bias, weight [out, in].</summary>
/// <param name="name">Name of the layer, for messages.</param>
/// <param name="plain">The layer whose weight and bias are taken over.</param>
public abstract class ReparamLinear(string name, Linear plain)
    : ReparamLayer(new LayerShape(name, LayerKinds.Linear, plain.weight.shape), plain.weight, plain.bias, plain)
{
    /// <inheritdoc/>
    public sealed override Tensor Run(Tensor x, Tensor weight) => functional.linear(x, weight);

    /// <inheritdoc/>
    protected sealed override Tensor Apply(Tensor x, Tensor weight) => functional.linear(x, weight, Bias);
}
