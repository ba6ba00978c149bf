namespace Reparam.Runtime;

/// <summary>Zeros around [N, C, H, W] or [C, H, W].</summary>
[Counterpart("TorchSharp.Modules.ZeroPad2d")]
public sealed class ZeroPad2d : PadBase
{
    internal ZeroPad2d(long[] padding)
        : base(nameof(ZeroPad2d), PaddingModes.Constant, 0, padding)
    {
    }
}
