namespace CharGpt;

/// <summary>The sizes of a <see cref="CharTransformer"/> and its alphabet, kept in its checkpoint's metadata entry <c>reparam.config</c>.</summary>
/// <param name="Width">Width of the residual stream.</param>
/// <param name="Layers">Number of blocks.</param>
/// <param name="Heads">Number of attention heads; divides <paramref name="Width"/>.</param>
/// <param name="Context">Maximum characters that the model sees at once.</param>
/// <param name="Alphabet">The characters that the model knows; token i is the i-th.</param>
public sealed record CharGptConfig(int Width, int Layers, int Heads, int Context, string Alphabet)
{
    /// <summary>The size that trains on two cores in minutes: 0.8 million parameters.</summary>
    public static CharGptConfig Small(string alphabet) => new(Width: 128, Layers: 4, Heads: 4, Context: 128, alphabet);
}
