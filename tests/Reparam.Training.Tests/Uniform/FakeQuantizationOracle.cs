using TorchSharp;
using static TorchSharp.torch;

namespace Reparam.Training.Tests.Uniform;

/// <summary>Rounding to a grid of 8 bits, number by number in double precision, from the definition.</summary>
internal static class FakeQuantizationOracle
{
    /// <summary>x̂ and ∂x̂/∂x of one number.</summary>
    public static (double Value, double Slope) Of(double x, double scale, double zero)
    {
        var integer = Math.Round(x / scale, MidpointRounding.ToEven) + zero;
        return (scale * (Math.Clamp(integer, 0, 255) - zero), integer is >= 0 and <= 255 ? 1 : 0);
    }

    /// <summary>The same of a matrix [rows, channels], with a grid of each channel or one for all.</summary>
    public static (Tensor Values, Tensor Slopes) Of(Tensor x, double[] scales, double[] zeros)
    {
        var numbers = x.detach().to(ScalarType.Float64).contiguous().data<double>().ToArray();
        var channels = x.shape[^1];
        var all = numbers.Select((number, i) => Of(number, scales[scales.Length == 1 ? 0 : i % channels], zeros[zeros.Length == 1 ? 0 : i % channels])).ToArray();
        return (tensor(all.Select(one => one.Value).ToArray(), x.shape), tensor(all.Select(one => one.Slope).ToArray(), x.shape));
    }
}
