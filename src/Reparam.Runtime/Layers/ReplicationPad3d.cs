namespace Reparam.Runtime;

/// <summary>The border, repeated, around [N, C, D, H, W] or [C, D, H, W].</summary>
[Counterpart("TorchSharp.Modules.ReplicationPad3d")]
public sealed class ReplicationPad3d : PadBase
{
    internal ReplicationPad3d(long[] padding)
        : base(nameof(ReplicationPad3d), PaddingModes.Replicate, 0, padding)
    {
    }
}
