namespace Reparam.Benchmarks.Models;

/// <summary>What a step of decoding spends its time on.</summary>
internal enum Region
{
    /// <summary>Looking the token up.</summary>
    Embedding,

    /// <summary>RMS norms.</summary>
    Norm,

    /// <summary>Products with the packed weights of the blocks, with what is fused into them: the gate of SwiGLU and the additions to the residual stream.</summary>
    PackedProducts,

    /// <summary>Turning queries and keys by their positions.</summary>
    Rotary,

    /// <summary>Attention over the cache.</summary>
    Attention,

    /// <summary>Logits: the product with the classifier.</summary>
    Classifier,

    /// <summary>Choosing the next token.</summary>
    Sampling,

    /// <summary>Everything else: scopes of memory, copies, the loop.</summary>
    Other,
}
