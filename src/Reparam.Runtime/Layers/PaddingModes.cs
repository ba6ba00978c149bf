namespace Reparam.Runtime;

/// <summary>What stands around an input.</summary>
[Counterpart("TorchSharp.PaddingModes")]
public enum PaddingModes
{
    /// <summary>Zeros.</summary>
    [Counterpart("Zeros")]
    Zeros,

    /// <summary>The input mirrored at its border, which is not repeated.</summary>
    [Counterpart("Reflect")]
    Reflect,

    /// <summary>The border, repeated.</summary>
    [Counterpart("Replicate")]
    Replicate,

    /// <summary>The input, repeated.</summary>
    [Counterpart("Circular")]
    Circular,

    /// <summary>A value.</summary>
    [Counterpart("Constant")]
    Constant,
}
