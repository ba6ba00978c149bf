namespace Reparam.Runtime;

/// <summary>Normalizes each channel of each element of the batch by its own statistics, or by those of the training; then scales and shifts.</summary>
[Counterpart("TorchSharp.Modules.InstanceNorm")]
public abstract class InstanceNorm : NormBase
{
    private readonly int rank;

    private protected InstanceNorm(string name, int rank, long num_features, double eps, bool affine, bool track_running_stats)
        : base(name, num_features, eps, affine, track_running_stats)
    {
        this.rank = rank;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The input has another rank.</exception>
    public override Tensor Forward(Tensor input)
    {
        if (input.Rank == rank - 1)
        {
            return Normalize(input.Unsqueeze(0)).Squeeze(0);
        }

        return input.Rank == rank ? Normalize(input) : throw new ArgumentException(
            $"{GetName()}: the input must have {rank} dimensions, or {rank - 1} without a batch, but is {Layout.Describe(input.Shape)}.");
    }

    private Tensor Normalize(Tensor input) => input.Shape[1] != NumFeatures
        ? throw new ArgumentException($"{GetName()}: the input {Layout.Describe(input.Shape)} has {input.Shape[1]} channels, but {NumFeatures} are expected.")
        : Functional.InstanceNorm(input, RunningMean, RunningVar, Weight, Bias, use_input_stats: !TrackRunningStats, eps: Eps);
}
