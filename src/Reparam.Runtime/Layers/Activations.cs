namespace Reparam.Runtime;

/// <summary>The activation of a transformer layer.</summary>
[Counterpart("TorchSharp.torch+nn+Activations")]
public enum Activations
{
    /// <summary>max(x, 0).</summary>
    [Counterpart("ReLU")]
    ReLU,

    /// <summary>x·Φ(x), with the error function.</summary>
    [Counterpart("GELU")]
    GELU,
}
