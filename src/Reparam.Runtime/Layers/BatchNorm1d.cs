namespace Reparam.Runtime;

/// <summary>Normalizes each channel of [N, C] or [N, C, L] by its running statistics, then scales and shifts.</summary>
[Counterpart("TorchSharp.Modules.BatchNorm1d")]
public sealed class BatchNorm1d : BatchNorm
{
    internal BatchNorm1d(long num_features, double eps, bool affine, bool track_running_stats)
        : base(nameof(BatchNorm1d), num_features, eps, affine, track_running_stats)
    {
    }

    private protected override bool Takes(int rank) => rank is 2 or 3;

    private protected override void CheckRank(Tensor input)
    {
        if (!Takes(input.Rank))
        {
            throw new ArgumentException($"BatchNorm1d: the input must be [N, C] or [N, C, L], but is {Layout.Describe(input.Shape)}.");
        }
    }
}
