namespace Reparam.Runtime;

/// <summary>Normalizes each channel of [N, C, L], or of one element of the batch.</summary>
[Counterpart("TorchSharp.Modules.InstanceNorm1d")]
public sealed class InstanceNorm1d : InstanceNorm
{
    internal InstanceNorm1d(long num_features, double eps, bool affine, bool track_running_stats)
        : base(nameof(InstanceNorm1d), 3, num_features, eps, affine, track_running_stats)
    {
    }
}
