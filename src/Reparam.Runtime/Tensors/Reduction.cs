namespace Reparam.Runtime;

/// <summary>How a loss is reduced.</summary>
[Counterpart("TorchSharp.torch+nn+Reduction")]
public enum Reduction
{
    /// <summary>One value for each target.</summary>
    [Counterpart("None")]
    None,

    /// <summary>Mean over the targets that count.</summary>
    [Counterpart("Mean")]
    Mean,

    /// <summary>Sum over the targets.</summary>
    [Counterpart("Sum")]
    Sum,
}
