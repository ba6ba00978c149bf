using System.Globalization;
using System.Text;

namespace Reparam.Checkpoints;

/// <summary>
/// Text of a file for a terminal or a log. Names and metadata are anybody's: they may hold escape sequences, line breaks or marks that turn the direction
/// of writing.
/// </summary>
public static class Printable
{
    /// <summary>Replaces each character that moves, colours or hides others by its number, such as <c>\u001b</c>. All others stay.</summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (IsPrintable(text))
        {
            return text;
        }

        var result = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var consumed) == System.Buffers.OperationStatus.Done && !Acts(rune))
            {
                result.Append(text, i, consumed);
            }
            else
            {
                foreach (var letter in text.AsSpan(i, consumed))
                {
                    result.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}");
                }
            }

            i += consumed;
        }

        return result.ToString();
    }

    private static bool IsPrintable(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange(' ', '~') < 0;

    // A lone half of a pair is decoded as the replacement character, and its status tells.
    private static bool Acts(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate;
}
