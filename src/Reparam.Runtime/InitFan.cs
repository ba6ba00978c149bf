namespace Reparam.Runtime;

/// <summary>Which side of a weight an initialisation keeps the variance of.</summary>
[Counterpart("TorchSharp.torch+nn+init+FanInOut")]
public enum InitFan
{
    /// <summary>The inputs.</summary>
    [Counterpart("FanIn")]
    FanIn,

    /// <summary>The outputs.</summary>
    [Counterpart("FanOut")]
    FanOut,
}
