namespace Reparam.Runtime;

/// <summary>Normalizes each channel of [N, C, D, H, W], or of one element of the batch.</summary>
[Counterpart("TorchSharp.Modules.InstanceNorm3d")]
public sealed class InstanceNorm3d : InstanceNorm
{
    internal InstanceNorm3d(long num_features, double eps, bool affine, bool track_running_stats)
        : base(nameof(InstanceNorm3d), 5, num_features, eps, affine, track_running_stats)
    {
    }
}
