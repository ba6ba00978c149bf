namespace Reparam.Runtime;

/// <summary>How a quotient is rounded.</summary>
[Counterpart("TorchSharp.torch+RoundingMode")]
public enum RoundingMode
{
    /// <summary>Not at all.</summary>
    [Counterpart("None")]
    None,

    /// <summary>Towards zero.</summary>
    [Counterpart("trunc")]
    Trunc,

    /// <summary>Downwards.</summary>
    [Counterpart("floor")]
    Floor,
}
