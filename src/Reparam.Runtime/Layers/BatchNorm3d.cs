namespace Reparam.Runtime;

/// <summary>Normalizes each channel of [N, C, D, H, W] by its running statistics, then scales and shifts.</summary>
[Counterpart("TorchSharp.Modules.BatchNorm3d")]
public sealed class BatchNorm3d : BatchNorm
{
    internal BatchNorm3d(long num_features, double eps, bool affine, bool track_running_stats)
        : base(nameof(BatchNorm3d), num_features, eps, affine, track_running_stats)
    {
    }

    private protected override bool Takes(int rank) => rank is 5;

    private protected override void CheckRank(Tensor input)
    {
        if (!Takes(input.Rank))
        {
            throw new ArgumentException($"BatchNorm3d: the input must be [N, C, D, H, W], but is {Layout.Describe(input.Shape)}.");
        }
    }
}
