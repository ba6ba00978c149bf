using Reparam.Runtime.Kernels;

namespace Reparam.Runtime;

/// <summary>Normalizes each channel by its running statistics, or by those of the batch where it keeps none; then scales and shifts.</summary>
[Counterpart("TorchSharp.Modules.BatchNorm")]
public abstract class BatchNorm : NormBase
{
    // Rank of the inputs that the layer before gives, which does this layer's work; null when nothing is folded.
    private int? foldedRank;

    private protected BatchNorm(string name, long num_features, double eps, bool affine, bool track_running_stats)
        : base(name, num_features, eps, affine, track_running_stats)
    {
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        if (foldedRank is { } rank)
        {
            return input.Rank == rank ? input.Alias() : throw new InvalidOperationException(
                $"{GetName()}: it is folded into the layer before it for inputs of rank {rank}, but the input is {Layout.Describe(input.Shape)}: set "
                    + "FoldBatchNorm=\"false\" on the checkpoint's item.");
        }

        CheckRank(input);
        return Functional.BatchNorm(input, RunningMean, RunningVar, Weight, Bias, eps: Eps);
    }

    /// <summary>Makes this layer give its input back: the layer before it does its work.</summary>
    /// <param name="rank">Rank of the inputs for which that is so.</param>
    internal void LeaveOut(int rank) => foldedRank = rank;

    /// <summary>What the layer makes of the sums of a layer before it: scale · sum + shift.</summary>
    /// <param name="rank">Rank of its input.</param>
    /// <param name="bias">Bias of the layer before it, or null.</param>
    /// <param name="scale">[channels], or null for 1.</param>
    /// <param name="shift">[channels], or null for 0.</param>
    /// <returns>Whether it is that: not where it takes the statistics of each batch, or no input of that rank.</returns>
    internal bool TryFold(int rank, Tensor? bias, out Tensor? scale, out Tensor? shift)
    {
        (scale, shift) = (null, bias);
        if (foldedRank is { } folded)
        {
            return rank == folded;
        }

        if (!Takes(rank) || RunningMean is not { Dtype: DType.Float32 } || RunningVar is not { Dtype: DType.Float32 } || bias is { Dtype: not DType.Float32 }
            || Weight is { Dtype: not DType.Float32 } || Bias is { Dtype: not DType.Float32 })
        {
            return false;
        }

        (scale, shift) = Normalization.Fold(RunningMean, RunningVar, Weight, Bias, Eps, bias);
        return true;
    }

    /// <summary>Whether the layer takes inputs of a rank.</summary>
    private protected abstract bool Takes(int rank);

    private protected abstract void CheckRank(Tensor input);

    /// <inheritdoc/>
    protected override void VisitComponents(ComponentVisitor visitor)
    {
        if (foldedRank is null)
        {
            base.VisitComponents(visitor);
        }
    }
}
