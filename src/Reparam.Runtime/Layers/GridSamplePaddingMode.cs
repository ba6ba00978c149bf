namespace Reparam.Runtime;

/// <summary>What lies outside of an image.</summary>
[Counterpart("TorchSharp.torch+GridSamplePaddingMode")]
public enum GridSamplePaddingMode
{
    /// <summary>Zeros.</summary>
    [Counterpart("Zeros")]
    Zeros,

    /// <summary>The image, mirrored.</summary>
    [Counterpart("Reflection")]
    Reflection,

    /// <summary>The nearest pixel of the border.</summary>
    [Counterpart("Border")]
    Border,
}
