namespace Reparam;

/// <summary>How a convolution's low-rank delta is laid out; the two are not interchangeable.</summary>
public enum ConvLayout
{
    /// <summary>A is a convolution in → r with the layer's kernel, B a 1×1 convolution r → out.</summary>
    Peft,

    /// <summary>B·A of shape [out/groups·k, in·k], reshaped to the weight.</summary>
    Loralib,
}
