namespace Reparam.Runtime;

/// <summary>Which direction of a Fourier transform is divided by its length.</summary>
[Counterpart("TorchSharp.FFTNormType")]
public enum FFTNormType
{
    /// <summary>The inverse transform.</summary>
    [Counterpart("Backward")]
    Backward,

    /// <summary>The transform.</summary>
    [Counterpart("Forward")]
    Forward,

    /// <summary>Both, by the square root.</summary>
    [Counterpart("Ortho")]
    Ortho,
}
