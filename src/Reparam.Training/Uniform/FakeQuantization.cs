using static TorchSharp.torch;

namespace Reparam.Training.Uniform;

/// <summary>
/// Rounding to integers of 8 bits and back: x̂ = s·(clamp(round(x / s) + z, 0, 255) − z), halves to the even integer. The gradient is passed on as it is where
/// x was rounded and stopped where it was clipped: the straight-through estimator (Bengio et al. 2013, arXiv 1308.3432) as PyTorch's fake quantization has it.
/// </summary>
internal static class FakeQuantization
{
    /// <summary>The largest integer; the smallest is 0.</summary>
    public const int MaxInteger = 255;

    /// <summary>x̂ in the type of x. NaN stays NaN, and an infinity gives NaN, as in the app.</summary>
    /// <param name="x">Values of any shape and floating type; half-precision ones are rounded in float32.</param>
    /// <param name="scale">s, above 0, of a shape that broadcasts over x.</param>
    /// <param name="zero">z, whole, 0 to 255, of the same shape.</param>
    public static Tensor Apply(Tensor x, Tensor scale, Tensor zero)
    {
        var type = x.dtype is ScalarType.Float16 or ScalarType.BFloat16 ? ScalarType.Float32 : x.dtype;
        var (low, step) = (-zero.to(type), scale.to(type));
        var high = low + MaxInteger;
        var integers = (x.detach().to(type) / step).round();
        var rounded = (integers.maximum(low).minimum(high) * step).to(x.dtype);

        // The difference is 0 and has the gradient; of an infinity it is NaN.
        var kept = x * integers.ge(low).logical_and(integers.le(high)).to(x.dtype);
        return rounded + (kept - kept.detach());
    }
}
