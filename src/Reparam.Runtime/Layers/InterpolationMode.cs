namespace Reparam.Runtime;

/// <summary>How values between pixels are found.</summary>
[Counterpart("TorchSharp.torch+InterpolationMode")]
public enum InterpolationMode
{
    /// <summary>The nearest, as libtorch always counted it.</summary>
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

    /// <summary>The mean of what a pixel covers.</summary>
    [Counterpart("Area")]
    Area,

    /// <summary>The nearest to the middle of each pixel.</summary>
    [Counterpart("NearestExact")]
    NearestExact,
}
