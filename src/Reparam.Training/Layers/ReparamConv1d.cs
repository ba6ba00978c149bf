using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Reparam.Training;

/// <summary>
/// Base of emitted one-dimensional convolutions, weight [out, in/groups, k]; every stride, padding, padding mode, dilation and grouping of the plain one.
/// </summary>
/// <param name="name">Name of the layer, for messages.</param>
/// <param name="plain">The layer whose weight, bias and settings are taken over.</param>
public abstract class ReparamConv1d(string name, Conv1d plain)
    : ReparamLayer(new LayerShape(name, LayerKinds.Conv1d, plain.weight.shape, plain.groups), plain.weight, plain.bias, plain)
{
    /// <summary>How it walks over its input.</summary>
    internal ConvolutionSettings Settings { get; } = new(plain, dimensions: 1);

    /// <inheritdoc/>
    public sealed override Tensor Run(Tensor x, Tensor weight) => Convolve(x, weight, bias: null);

    /// <inheritdoc/>
    protected sealed override Tensor Apply(Tensor x, Tensor weight) => Convolve(x, weight, Bias);

    private Tensor Convolve(Tensor x, Tensor weight, Tensor? bias) => functional.conv1d(
        Settings.Pad(x), weight, bias, Settings.Stride[0], Settings.InnerPadding[0], Settings.Dilation[0], Settings.Groups);
}
