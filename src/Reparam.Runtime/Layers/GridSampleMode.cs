namespace Reparam.Runtime;

/// <summary>How values between pixels are found.</summary>
[Counterpart("TorchSharp.torch+GridSampleMode")]
public enum GridSampleMode
{
    /// <summary>The nearest.</summary>
    [Counterpart("Nearest")]
    Nearest,

    /// <summary>From the neighbours on each side.</summary>
    [Counterpart("Bilinear")]
    Bilinear,
}
