namespace Reparam.Runtime;

/// <summary>The border, repeated, around [N, C, L] or [C, L].</summary>
[Counterpart("TorchSharp.Modules.ReplicationPad1d")]
public sealed class ReplicationPad1d : PadBase
{
    internal ReplicationPad1d(long[] padding)
        : base(nameof(ReplicationPad1d), PaddingModes.Replicate, 0, padding)
    {
    }
}
