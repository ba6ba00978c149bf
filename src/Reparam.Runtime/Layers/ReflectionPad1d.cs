namespace Reparam.Runtime;

/// <summary>The input mirrored at its border around [N, C, L] or [C, L].</summary>
[Counterpart("TorchSharp.Modules.ReflectionPad1d")]
public sealed class ReflectionPad1d : PadBase
{
    internal ReflectionPad1d(long[] padding)
        : base(nameof(ReflectionPad1d), PaddingModes.Reflect, 0, padding)
    {
    }
}
