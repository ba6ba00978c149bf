namespace Reparam.Runtime;

/// <summary>Padding of a convolution by intent.</summary>
[Counterpart("TorchSharp.Padding")]
public enum Padding
{
    /// <summary>None.</summary>
    [Counterpart("Valid")]
    Valid,

    /// <summary>So much that the output is as large as the input; the stride must be 1.</summary>
    [Counterpart("Same")]
    Same,
}
