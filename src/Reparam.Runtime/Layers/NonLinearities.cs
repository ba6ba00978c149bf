namespace Reparam.Runtime;

/// <summary>The activation of a recurrent layer.</summary>
[Counterpart("TorchSharp.torch+nn+NonLinearities")]
public enum NonLinearities
{
    /// <summary>max(x, 0).</summary>
    [Counterpart("ReLU")]
    ReLU,

    /// <summary>Hyperbolic tangent.</summary>
    [Counterpart("Tanh")]
    Tanh,
}
