namespace Reparam.Runtime;

/// <summary>How values between pixels are found.</summary>
[Counterpart("TorchSharp.torch+UpsampleMode")]
public enum UpsampleMode
{
    /// <summary>The nearest.</summary>
    [Counterpart("Nearest")]
    Nearest,

    /// <summary>From two neighbours in a row.</summary>
    [Counterpart("Linear")]
    Linear,

    /// <summary>From four neighbours.</summary>
    [Counterpart("Bilinear")]
    Bilinear,

    /// <summary>From sixteen neighbours.</summary>
    [Counterpart("Bicubic")]
    Bicubic,

    /// <summary>From eight neighbours in a volume.</summary>
    [Counterpart("Trilinear")]
    Trilinear,
}
