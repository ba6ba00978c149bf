namespace Reparam.Runtime;

/// <summary>The border, repeated, around [N, C, H, W] or [C, H, W].</summary>
[Counterpart("TorchSharp.Modules.ReplicationPad2d")]
public sealed class ReplicationPad2d : PadBase
{
    internal ReplicationPad2d(long[] padding)
        : base(nameof(ReplicationPad2d), PaddingModes.Replicate, 0, padding)
    {
    }
}
