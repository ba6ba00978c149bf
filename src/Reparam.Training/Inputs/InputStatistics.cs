using static TorchSharp.torch;

namespace Reparam.Training;

/// <summary>
/// What a layer was given during a calibration. Channels are the last dimension of a linear layer's input and the dimension after the batch of a convolution's.
/// </summary>
public sealed class InputStatistics
{
    internal InputStatistics(long vectors, Tensor minimum, Tensor maximum, Tensor sum, Tensor gram)
    {
        (Vectors, Minimum, Maximum, Mean, Gram) = (vectors, minimum, maximum, sum / vectors, gram / vectors);
    }

    /// <summary>
    /// How many vectors the layer's weight, seen as the matrix [out, columns], was multiplied by; of a convolution one for each place and group.
    /// </summary>
    public long Vectors { get; }

    /// <summary>The smallest value of each channel, [channels], float64 on the CPU.</summary>
    public Tensor Minimum { get; }

    /// <summary>The largest value of each channel, [channels], float64 on the CPU.</summary>
    public Tensor Maximum { get; }

    /// <summary>The mean of each column, [columns], float64 on the CPU.</summary>
    public Tensor Mean { get; }

    /// <summary>The mean of x·xᵀ over the vectors, [columns, columns], float64 on the CPU.</summary>
    public Tensor Gram { get; }

    /// <summary>
    /// Statistics of no input, with which a layer takes the shapes of its state before the values are loaded: channels in [−1, 1], a Gram matrix of 1.
    /// </summary>
    internal static InputStatistics Neutral(LayerShape shape)
    {
        var (channels, columns) = (shape.Weight[1] * shape.Groups, shape.Columns);
        var bound = ones(channels, dtype: ScalarType.Float64);
        return new InputStatistics(1, -bound, bound, zeros(columns, dtype: ScalarType.Float64), eye(columns, dtype: ScalarType.Float64));
    }
}
