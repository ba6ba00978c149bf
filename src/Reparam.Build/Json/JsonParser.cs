using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Reparam.Build.Json;

/// <summary>
/// A strict JSON reader (RFC 8259): objects become <see cref="Dictionary{TKey, TValue}"/>, arrays <see cref="List{T}"/>, numbers double.
/// The task must load in every MSBuild host without an assembly of its own beside it, so it does not use System.Text.Json.
/// </summary>
internal sealed class JsonParser
{
    private const int MaxDepth = 64;

    private readonly string text;
    private int position;
    private int depth;

    private JsonParser(string text) => this.text = text;

    /// <summary>Reads one document.</summary>
    /// <exception cref="JsonFormatException">The text is not one JSON value, or an object names a member twice.</exception>
    public static object? Parse(string text)
    {
        var parser = new JsonParser(text);
        parser.SkipSpace();
        var value = parser.ReadValue();
        parser.SkipSpace();
        return parser.position == text.Length ? value : throw parser.Unexpected();
    }

    private object? ReadValue()
    {
        if (position == text.Length)
        {
            throw Unexpected();
        }

        switch (text[position])
        {
            case '{':
                return ReadObject();
            case '[':
                return ReadArray();
            case '"':
                return ReadString();
            case 't':
                return ReadWord("true", true);
            case 'f':
                return ReadWord("false", false);
            case 'n':
                return ReadWord("null", null);
            default:
                return ReadNumber();
        }
    }

    private Dictionary<string, object?> ReadObject()
    {
        var members = new Dictionary<string, object?>(System.StringComparer.Ordinal);
        Enter();
        if (!TryTake('}'))
        {
            do
            {
                SkipSpace();
                var start = position;
                var name = ReadString();
                SkipSpace();
                Take(':');
                SkipSpace();
                if (members.ContainsKey(name))
                {
                    throw new JsonFormatException($"the member \"{name}\" occurs twice", start);
                }

                members.Add(name, ReadValue());
                SkipSpace();
            }
            while (TryTake(','));
            Take('}');
        }

        depth--;
        return members;
    }

    private List<object?> ReadArray()
    {
        var elements = new List<object?>();
        Enter();
        if (!TryTake(']'))
        {
            do
            {
                SkipSpace();
                elements.Add(ReadValue());
                SkipSpace();
            }
            while (TryTake(','));
            Take(']');
        }

        depth--;
        return elements;
    }

    private string ReadString()
    {
        Take('"');
        var result = new StringBuilder();
        while (true)
        {
            var c = Next();
            switch (c)
            {
                case '"':
                    return result.ToString();
                case '\\':
                    result.Append(ReadEscape());
                    break;
                case < ' ':
                    throw new JsonFormatException("a control character stands in a string", position - 1);
                default:
                    result.Append(c);
                    break;
            }
        }
    }

    private char ReadEscape()
    {
        var c = Next();
        switch (c)
        {
            case '"' or '\\' or '/':
                return c;
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u':
                if (position + 4 <= text.Length && ushort.TryParse(text.Substring(position, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
                {
                    position += 4;
                    return (char)code;
                }

                break;
        }

        throw new JsonFormatException("an unknown escape stands in a string", position - 1);
    }

    private double ReadNumber()
    {
        var start = position;
        while (position < text.Length && (char.IsDigit(text[position]) || text[position] is '-' or '+' or '.' or 'e' or 'E'))
        {
            position++;
        }

        var digits = text.Substring(start, position - start);
        if (digits.Length == 0 || digits[0] is '+' or '.' || digits[digits.Length - 1] == '.'
            || !double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            position = start;
            throw Unexpected();
        }

        return number;
    }

    private object? ReadWord(string word, object? value)
    {
        if (string.CompareOrdinal(text, position, word, 0, word.Length) != 0)
        {
            throw Unexpected();
        }

        position += word.Length;
        return value;
    }

    private void Enter()
    {
        position++;
        if (++depth > MaxDepth)
        {
            throw new JsonFormatException($"values are nested more than {MaxDepth} deep", position);
        }

        SkipSpace();
    }

    private void SkipSpace()
    {
        while (position < text.Length && text[position] is ' ' or '\t' or '\n' or '\r')
        {
            position++;
        }
    }

    private char Next() => position < text.Length ? text[position++] : throw Unexpected();

    private bool TryTake(char expected)
    {
        if (position == text.Length || text[position] != expected)
        {
            return false;
        }

        position++;
        return true;
    }

    private void Take(char expected)
    {
        if (!TryTake(expected))
        {
            throw new JsonFormatException($"'{expected}' is missing", position);
        }
    }

    private JsonFormatException Unexpected() =>
        position == text.Length
            ? new JsonFormatException("the text ends too early", position)
            : new JsonFormatException($"'{text[position]}' was not expected", position);
}
