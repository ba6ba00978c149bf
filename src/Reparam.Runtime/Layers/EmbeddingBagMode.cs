namespace Reparam.Runtime;

/// <summary>How the rows of a bag become one.</summary>
[Counterpart("TorchSharp.EmbeddingBagMode")]
public enum EmbeddingBagMode
{
    /// <summary>Their sum.</summary>
    [Counterpart("Sum")]
    Sum,

    /// <summary>Their mean.</summary>
    [Counterpart("Mean")]
    Mean,

    /// <summary>The largest of each column.</summary>
    [Counterpart("Max")]
    Max,
}
