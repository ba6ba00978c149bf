namespace SemanticSearch;

/// <summary>The sizes of a <see cref="SentenceEncoder"/>. The defaults are those of all-MiniLM-L6-v2.</summary>
/// <param name="Width">Width of a token's vector.</param>
/// <param name="Hidden">Width inside the feed-forward network.</param>
/// <param name="Layers">Number of blocks.</param>
/// <param name="Heads">Number of attention heads; divides <paramref name="Width"/>.</param>
/// <param name="Vocabulary">Number of tokens.</param>
/// <param name="MaxLength">Maximum tokens of one text.</param>
public sealed record BertConfig(int Width = 384, int Hidden = 1536, int Layers = 6, int Heads = 12, int Vocabulary = 30522, int MaxLength = 512);
