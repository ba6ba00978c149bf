namespace Reparam.Runtime;

/// <summary>The input mirrored at its border around [N, C, D, H, W] or [C, D, H, W].</summary>
[Counterpart("TorchSharp.Modules.ReflectionPad3d")]
public sealed class ReflectionPad3d : PadBase
{
    internal ReflectionPad3d(long[] padding)
        : base(nameof(ReflectionPad3d), PaddingModes.Reflect, 0, padding)
    {
    }
}
