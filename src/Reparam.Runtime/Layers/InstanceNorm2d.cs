namespace Reparam.Runtime;

/// <summary>Normalizes each channel of [N, C, H, W], or of one element of the batch.</summary>
[Counterpart("TorchSharp.Modules.InstanceNorm2d")]
public sealed class InstanceNorm2d : InstanceNorm
{
    internal InstanceNorm2d(long num_features, double eps, bool affine, bool track_running_stats)
        : base(nameof(InstanceNorm2d), 4, num_features, eps, affine, track_running_stats)
    {
    }
}
