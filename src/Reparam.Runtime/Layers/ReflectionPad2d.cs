namespace Reparam.Runtime;

/// <summary>The input mirrored at its border around [N, C, H, W] or [C, H, W].</summary>
[Counterpart("TorchSharp.Modules.ReflectionPad2d")]
public sealed class ReflectionPad2d : PadBase
{
    internal ReflectionPad2d(long[] padding)
        : base(nameof(ReflectionPad2d), PaddingModes.Reflect, 0, padding)
    {
    }
}
