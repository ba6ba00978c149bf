using Reparam;
using Reparam.Training;
using static TorchSharp.torch;

namespace Foreign.Methods;

/// <summary>
/// A weight map that asks for its layer's inputs: w = v·D with D the columns' inverse root mean squares, so that every column of v sees inputs of one size.
/// </summary>
[ReparamMethod("Foreign.Methods.WhitenMap", Layers = LayerKinds.Linear | LayerKinds.Convolution)]
public sealed class WhitenAttribute : WeightMapAttribute;

public static class WhitenMap
{
    public static (Tensor Latent, Tensor Scale, Tensor Mean) Attach(Tensor weight, InputStatistics inputs, LayerShape shape)
    {
        var scale = inputs.Gram.diag().clamp_min(1e-12).rsqrt().to(weight.dtype);
        return ((weight.reshape(shape.Rows, -1) / scale).reshape(weight.shape), scale, inputs.Mean.to(weight.dtype));
    }

    public static Tensor Map(Tensor latent, Tensor scale, LayerShape shape) => (latent.reshape(shape.Rows, -1) * scale).reshape(latent.shape);
}
