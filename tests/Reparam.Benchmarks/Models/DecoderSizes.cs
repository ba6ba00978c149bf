using Reparam.Runtime;

namespace Reparam.Benchmarks.Models;

/// <summary>The sizes of a decoder of the Llama architecture.</summary>
/// <param name="Layers">Number of blocks.</param>
/// <param name="Width">Width of the residual stream.</param>
/// <param name="Heads">Number of query heads; divides <paramref name="Width"/> into even parts.</param>
/// <param name="KeyValueHeads">Number of key and value heads; divides <paramref name="Heads"/>.</param>
/// <param name="Hidden">Width inside the feed-forward network.</param>
/// <param name="Vocabulary">Number of tokens.</param>
/// <param name="Context">Maximum tokens that a sequence can have.</param>
internal sealed record DecoderSizes(int Layers, int Width, int Heads, int KeyValueHeads, int Hidden, int Vocabulary, int Context)
{
    /// <summary>Width of one head.</summary>
    public int HeadWidth => Width / Heads;

    /// <summary>Width of the keys, and of the values, of a token.</summary>
    public int KeyValueWidth => KeyValueHeads * HeadWidth;

    /// <summary>Number of weights; the classifier shares the embedding's.</summary>
    public long Parameters =>
        ((long)Vocabulary * Width) + (Layers * ((2L * Width * (Width + KeyValueWidth)) + (3L * Width * Hidden) + (2L * Width))) + Width;

    /// <summary>What is wrong, or null.</summary>
    public string? Problem() =>
        Width % Heads != 0 || HeadWidth % 2 != 0 ? $"{Heads} heads do not divide width {Width} into even parts"
        : Heads % KeyValueHeads != 0 ? $"{KeyValueHeads} key and value heads do not divide {Heads} heads"
        : null;

    /// <summary>The sizes that a checkpoint has.</summary>
    /// <exception cref="Checkpoints.CheckpointException">The file cannot be read, or has no such sizes.</exception>
    public static DecoderSizes Of(CheckpointConfig config) => new(
        config.GetInt32("layers"), config.GetInt32("dim"), config.GetInt32("heads"), config.GetInt32("key_value_heads"), config.GetInt32("hidden_dim"),
        config.GetInt32("vocabulary_size"), config.GetInt32("max_sequence_length"));
}
