using static TorchSharp.torch;

namespace Reparam.Training.Uniform;

/// <summary>
/// Inputs of a layer rounded to 8 bits while it trains, as its packed weight rounds them in the app: Jacob et al., CVPR 2018, arXiv 1712.05877. The grid spans
/// what a calibration saw, 0 included, and does not train. Gradients are those of <see cref="FakeQuantization"/>.
/// </summary>
public static class UniformInputMap
{
    // The smallest normal float: below it a quotient by the scale would lose its precision.
    private const double MinScale = 1.1754943508222875e-38;

    /// <summary>The grid that spans the calibration's inputs: scale = (max − min) / 255, zero = round(−min / scale), with min ≤ 0 ≤ max.</summary>
    /// <remarks>
    /// A channel whose inputs were all 0 takes the grid of all channels together; where no input was anything else, the grid spans 0 to 1. Channels at the same
    /// place of a convolution's groups share a grid, because a packed weight knows the channels of one group.
    /// </remarks>
    /// <param name="inputs">Bounds of the layer's inputs.</param>
    /// <param name="shape">The layer.</param>
    /// <param name="options">The annotation.</param>
    /// <returns>Scale and zero point, [1], or [channels of a group] per channel. The zero point is a whole number, 0 to 255.</returns>
    /// <exception cref="ArgumentException">An input was not finite, or the range is none of float's.</exception>
    public static (Tensor InputScale, Tensor InputZero) Attach(InputStatistics inputs, LayerShape shape, UniformAttribute options)
    {
        var (low, high) = (inputs.Minimum.clamp_max(0), inputs.Maximum.clamp_min(0));
        var (lowest, highest) = (low.min().item<double>(), high.max().item<double>());
        if (!double.IsFinite(lowest) || !double.IsFinite(highest) || !float.IsFinite((float)(highest - lowest)))
        {
            throw new ArgumentException(FormattableString.Invariant(
                $"{shape.Layer} (Uniform): the calibration saw inputs from {lowest} to {highest}, expected finite ones within the range of float."));
        }

        if (lowest == highest)
        {
            highest = 1;
        }

        var channels = options.ActivationsPerChannel ? shape.Weight[1] : 1;
        (low, high) = (low.view(-1, channels).amin([0]), high.view(-1, channels).amax([0]));
        var isDead = low.eq(high);
        (low, high) = (low.masked_fill(isDead, lowest), high.masked_fill(isDead, highest));

        // The rounded scale decides the zero point.
        var scale = ((high - low) / FakeQuantization.MaxInteger).clamp_min(MinScale).to(ScalarType.Float32);
        var zero = (-low / scale.to(ScalarType.Float64)).round().clamp(0, FakeQuantization.MaxInteger);
        return (scale, zero.to(ScalarType.Float32));
    }

    /// <summary>The inputs on their grid.</summary>
    /// <param name="x">Inputs: channels are the last dimension of a linear layer's, and the one after the batch of a convolution's.</param>
    /// <param name="inputScale">[1], or [channels of a group].</param>
    /// <param name="inputZero">As many.</param>
    /// <param name="shape">The layer.</param>
    public static Tensor Map(Tensor x, Tensor inputScale, Tensor inputZero, LayerShape shape) =>
        FakeQuantization.Apply(x, OverChannels(inputScale, shape), OverChannels(inputZero, shape));

    // So that one value a channel broadcasts over the input; a convolution has the channels of all groups, and places behind them.
    private static Tensor OverChannels(Tensor values, LayerShape shape) => values.shape[0] == 1
        ? values
        : values.repeat(shape.Groups).view([-1, .. Enumerable.Repeat(1L, shape.Weight.Count - 2)]);
}
