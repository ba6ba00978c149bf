namespace Reparam;

/// <summary>The kinds of layer that a method can apply to.</summary>
[Flags]
public enum LayerKinds
{
    /// <summary>No layer.</summary>
    None = 0,

    /// <summary><c>Linear</c>, weight [out, in].</summary>
    Linear = 1,

    /// <summary><c>Conv1d</c>, weight [out, in/groups, k].</summary>
    Conv1d = 2,

    /// <summary><c>Conv2d</c>, weight [out, in/groups, kh, kw].</summary>
    Conv2d = 4,

    /// <summary><c>Embedding</c>, weight [rows, width].</summary>
    Embedding = 8,

    /// <summary>Every convolution.</summary>
    Convolution = Conv1d | Conv2d,

    /// <summary>Every layer with a weight.</summary>
    All = Linear | Convolution | Embedding,
}
