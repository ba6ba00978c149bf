namespace Reparam.Runtime;

/// <summary>What follows a weight that is initialised.</summary>
[Counterpart("TorchSharp.torch+nn+init+NonlinearityType")]
public enum InitNonlinearity
{
    /// <summary>Nothing.</summary>
    [Counterpart("Linear")]
    Linear,

    /// <summary>Nothing.</summary>
    [Counterpart("Conv1D")]
    Conv1D,

    /// <summary>Nothing.</summary>
    [Counterpart("Conv2D")]
    Conv2D,

    /// <summary>Nothing.</summary>
    [Counterpart("Conv3D")]
    Conv3D,

    /// <summary>Nothing.</summary>
    [Counterpart("ConvTranspose1D")]
    ConvTranspose1D,

    /// <summary>Nothing.</summary>
    [Counterpart("ConvTranspose2D")]
    ConvTranspose2D,

    /// <summary>Nothing.</summary>
    [Counterpart("ConvTranspose3D")]
    ConvTranspose3D,

    /// <summary>Logistic function.</summary>
    [Counterpart("Sigmoid")]
    Sigmoid,

    /// <summary>Hyperbolic tangent.</summary>
    [Counterpart("Tanh")]
    Tanh,

    /// <summary>max(x, 0).</summary>
    [Counterpart("ReLU")]
    ReLU,

    /// <summary>x where it is positive, else x times a slope.</summary>
    [Counterpart("LeakyReLU")]
    LeakyReLU,
}
