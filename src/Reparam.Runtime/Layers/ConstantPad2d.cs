namespace Reparam.Runtime;

/// <summary>A value around [N, C, H, W] or [C, H, W].</summary>
[Counterpart("TorchSharp.Modules.ConstantPad2d")]
public sealed class ConstantPad2d : PadBase
{
    internal ConstantPad2d(long[] padding, double value)
        : base(nameof(ConstantPad2d), PaddingModes.Constant, value, padding)
    {
    }
}
