namespace StoryTeller;

/// <summary>The sizes of a <see cref="Llama"/>, kept in its checkpoint's metadata entry <c>reparam.config</c>.</summary>
/// <param name="Dim">Width of the residual stream.</param>
/// <param name="HiddenDim">Width inside the feed-forward network.</param>
/// <param name="Layers">Number of blocks.</param>
/// <param name="Heads">Number of query heads; divides <paramref name="Dim"/>.</param>
/// <param name="KeyValueHeads">Number of key and value heads; divides <paramref name="Heads"/>.</param>
/// <param name="VocabularySize">Number of tokens.</param>
/// <param name="MaxSequenceLength">Maximum tokens that one sequence can have.</param>
public sealed record LlamaConfig(
    int Dim, int HiddenDim, int Layers, int Heads, int KeyValueHeads, int VocabularySize, int MaxSequenceLength)
{
    /// <summary>Width of one head.</summary>
    public int HeadDim => Dim / Heads;
}
