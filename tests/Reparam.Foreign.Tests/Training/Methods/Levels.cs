using Reparam;
using Reparam.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Foreign.Methods;

/// <summary>An input map: inputs rounded to 2ᵇ − 1 levels between the bounds that a calibration saw; straight-through gradients.</summary>
[ReparamMethod("Foreign.Methods.LevelsMap")]
public sealed class LevelsAttribute([ReparamRange(2, 16)] int bits) : InputMapAttribute
{
    public int Bits { get; } = bits;
}

/// <summary>A post-training method whose inputs are rounded too where it says so.</summary>
[ReparamMethod("coarse")]
[ReparamInputMap("Foreign.Methods.CoarseMap", When = nameof(Activations))]
public sealed class CoarseAttribute : PostTrainingAttribute
{
    public int Activations { get; set; }
}

public static class LevelsMap
{
    public static (Tensor Low, Tensor Step) Attach(InputStatistics inputs, LevelsAttribute options)
    {
        var (low, high) = (inputs.Minimum.min(), inputs.Maximum.max());
        return (low.to(ScalarType.Float32), ((high - low) / ((1 << options.Bits) - 1)).clamp_min(1e-12).to(ScalarType.Float32));
    }

    public static Tensor Map(Tensor x, Tensor low, Tensor step, LevelsAttribute options)
    {
        var rounded = (((x - low) / step).round().clamp(0, (1 << options.Bits) - 1) * step) + low;
        return x + (rounded - x).detach();
    }
}

public static class CoarseMap
{
    /// <summary>One state, whose name is that of the parameter of Map.</summary>
    public static Parameter Attach(CoarseAttribute options) => new(full(1, 1f / options.Activations));

    public static Tensor Map(Tensor x, Tensor inputStep) => x + (((x / inputStep).round() * inputStep) - x).detach();

    public static double LearningRate(CoarseAttribute options) => 0.5;
}
