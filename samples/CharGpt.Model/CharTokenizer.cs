using System.Text;

namespace CharGpt;

/// <summary>Characters to tokens and back.</summary>
public sealed class CharTokenizer
{
    private readonly string alphabet;
    private readonly Dictionary<char, int> tokens = [];

    /// <param name="alphabet">The known characters, each once.</param>
    /// <exception cref="ArgumentException">A character occurs twice.</exception>
    public CharTokenizer(string alphabet)
    {
        this.alphabet = alphabet;
        for (var token = 0; token < alphabet.Length; token++)
        {
            if (!tokens.TryAdd(alphabet[token], token))
            {
                throw new ArgumentException($"'{alphabet[token]}' occurs twice in the alphabet.", nameof(alphabet));
            }
        }
    }

    /// <summary>The token of each character.</summary>
    /// <exception cref="ArgumentException">A character is not in the alphabet.</exception>
    public long[] Encode(string text)
    {
        var encoded = new long[text.Length];
        for (var i = 0; i < text.Length; i++)
        {
            encoded[i] = tokens.TryGetValue(text[i], out var token)
                ? token
                : throw new ArgumentException($"The model does not know the character '{text[i]}' (U+{(int)text[i]:X4}).", nameof(text));
        }

        return encoded;
    }

    /// <summary>The character of a token.</summary>
    public char Decode(int token) => alphabet[token];

    /// <summary>The characters of tokens.</summary>
    public string Decode(ReadOnlySpan<long> encoded)
    {
        var text = new StringBuilder(encoded.Length);
        foreach (var token in encoded)
        {
            text.Append(alphabet[(int)token]);
        }

        return text.ToString();
    }
}
