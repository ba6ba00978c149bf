namespace Reparam.Runtime;

/// <summary>A value around [N, C, D, H, W] or [C, D, H, W].</summary>
[Counterpart("TorchSharp.Modules.ConstantPad3d")]
public sealed class ConstantPad3d : PadBase
{
    internal ConstantPad3d(long[] padding, double value)
        : base(nameof(ConstantPad3d), PaddingModes.Constant, value, padding)
    {
    }
}
