namespace Reparam.Runtime;

/// <summary>How GELU is computed.</summary>
[Counterpart("TorchSharp.Modules.GELU+Approximate")]
public enum GeluApproximate
{
    /// <summary>With the error function.</summary>
    [Counterpart("none")]
    None,

    /// <summary>With tanh.</summary>
    [Counterpart("tanh")]
    Tanh,
}
