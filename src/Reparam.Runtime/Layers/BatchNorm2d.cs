namespace Reparam.Runtime;

/// <summary>Normalizes each channel of [N, C, H, W] by its running statistics, then scales and shifts.</summary>
[Counterpart("TorchSharp.Modules.BatchNorm2d")]
public sealed class BatchNorm2d : BatchNorm
{
    internal BatchNorm2d(long num_features, double eps, bool affine, bool track_running_stats)
        : base(nameof(BatchNorm2d), num_features, eps, affine, track_running_stats)
    {
    }

    private protected override bool Takes(int rank) => rank is 4;

    private protected override void CheckRank(Tensor input)
    {
        if (!Takes(input.Rank))
        {
            throw new ArgumentException($"BatchNorm2d: the input must be [N, C, H, W], but is {Layout.Describe(input.Shape)}.");
        }
    }
}
