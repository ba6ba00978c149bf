namespace Reparam.Runtime;

/// <summary>What a QR decomposition gives.</summary>
[Counterpart("TorchSharp.torch+linalg+QRMode")]
public enum QRMode
{
    /// <summary>As many columns of Q as the shorter side.</summary>
    [Counterpart("Reduced")]
    Reduced,

    /// <summary>A square Q.</summary>
    [Counterpart("Complete")]
    Complete,

    /// <summary>R alone.</summary>
    [Counterpart("R")]
    R,
}
