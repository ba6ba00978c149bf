namespace Reparam.Runtime;

/// <summary>A value around [N, C, L] or [C, L].</summary>
[Counterpart("TorchSharp.Modules.ConstantPad1d")]
public sealed class ConstantPad1d : PadBase
{
    internal ConstantPad1d(long[] padding, double value)
        : base(nameof(ConstantPad1d), PaddingModes.Constant, value, padding)
    {
    }
}
