using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Reparam.Fuzz.Mutation;

/// <summary>Mutations of the values and members of a JSON document. A string that holds JSON is mutated as JSON.</summary>
internal static class JsonMutator
{
    private static readonly string[] Literals =
    [
        "null", "true", "false", "0", "-0", "-1", "1", "2", "-5", "0.5", "1e-400", "1e999", "-1e999", "2147483647", "2147483648", "4294967296", "-2147483649",
        "9223372036854775807", "9223372036854775808", "18446744073709551616", "1e300", "123456789012345678901234567890", "\"\"", "\"x\"", "\"0\"", "\"\\ud800\"", "\"\\u0000\"",
        "\"a\\nb\\u001b[31m\"", "\"__metadata__\"", "\"../x\"", "\"/\"", "\"*\"", "\"a.*.b\"", "\".\"", "[]", "{}", "[null]", "[[]]", "{\"a\":null}", "{\"\":0}", "NaN", "Infinity",
    ];

    private static readonly string[] Names = ["\"\"", "\"x\"", "\"version\"", "\"__metadata__\"", "\"\\ud800\"", "\"Bits\"", "\"$type\"", "\"\\u0000\""];

    /// <summary>One mutation.</summary>
    /// <param name="random">Says which.</param>
    /// <param name="json">What is mutated; it stays as it is.</param>
    /// <param name="other">Another file, of which a piece may be taken where the text is no JSON.</param>
    public static byte[] Mutate(Random random, byte[] json, byte[] other)
    {
        var values = JsonValue.FindAll(json);
        if (values.Count == 0 || random.Next(12) == 0)
        {
            return ByteMutator.Mutate(random, json, other);
        }

        // A string that holds a document counts for as much as all else together.
        var documents = random.Next(2) == 0 ? values.FindAll(value => value.Kind == JsonTokenType.String && value.End - value.Start > 3 && json[value.Start + 1] is (byte)'{' or (byte)'[') : [];
        var value = documents.Count > 0 ? documents[random.Next(documents.Count)] : values[random.Next(values.Count)];
        var text = json.AsSpan(value.Start, value.End - value.Start);
        switch (random.Next(14))
        {
            case 0 or 1 or 2 or 3:
                return value.Kind == JsonTokenType.String && Inner(text) is { } inner && random.Next(8) > 0
                    ? Replace(json, value.Start, value.End, Quote(Mutate(random, inner, other)))
                    : Replace(json, value.Start, value.End, Literal(random, value.Kind, text));
            case 4:
                return Replace(json, value.Name >= 0 ? value.Name : value.Start, value.End, []);
            case 5:
                var member = json[(value.Name >= 0 ? value.Name : value.Start)..value.End];
                return Replace(json, value.End, value.End, [(byte)',', .. member]);
            case 6:
                var source = values[random.Next(values.Count)];
                return source.End - source.Start > 1 << 16 ? json : Replace(json, value.Start, value.End, json[source.Start..source.End]);
            case 7 when value.Name >= 0:
                var end = value.Name + 1 + json.AsSpan(value.Name + 1).IndexOf((byte)'"') + 1;
                return Replace(json, value.Name, end, Encoding.UTF8.GetBytes(Names[random.Next(Names.Length)]));
            case 8:
                return Replace(json, value.End, value.End, Encoding.UTF8.GetBytes("," + Literals[random.Next(Literals.Length)]));
            case 9:
                return Replace(json, value.Start, value.End, Deep(random));
            case 10 when value.Name < 0 && text.Length < 64:
                var times = 1 << random.Next(12);
                return Replace(json, value.End, value.End, [.. Enumerable.Repeat((byte[])[(byte)',', .. text], times).SelectMany(piece => piece)]);
            case 11:
                return random.Next(2) == 0
                    ? Replace(json, value.Start, value.End, [(byte)'[', .. text, (byte)']'])
                    : Replace(json, value.Start, value.End, [.. "{\"x\":"u8, .. text, (byte)'}']);
            case 7 or 10 when value.Kind == JsonTokenType.StartArray && text.Length < 256:
                // All numbers of a list alike: a shape is too large in several dimensions, or in none.
                var literal = Literals[random.Next(Literals.Length)];
                return Replace(json, value.Start, value.End, Encoding.UTF8.GetBytes($"[{string.Join(",", Enumerable.Repeat(literal, text.Count((byte)',') + 1))}]"));
            case 12 when value.Kind == JsonTokenType.String:
                return Replace(json, value.Start + 1, value.End - 1, Encoding.UTF8.GetBytes(new string('x', 1 << random.Next(15))));
            default:
                return Replace(json, value.Start, value.End, Literal(random, value.Kind, text));
        }
    }

    private static byte[] Literal(Random random, JsonTokenType kind, ReadOnlySpan<byte> text)
    {
        // Numbers near the right one pass more checks than those far from it.
        if (kind == JsonTokenType.Number && random.Next(2) == 0 && double.TryParse(text, CultureInfo.InvariantCulture, out var number))
        {
            number = random.Next(5) switch { 0 => number + 1, 1 => number - 1, 2 => number * 2, 3 => -number, _ => number * Math.Pow(2, random.Next(32)) };
            return Encoding.UTF8.GetBytes(number.ToString("R", CultureInfo.InvariantCulture));
        }

        return Encoding.UTF8.GetBytes(random.Next(4) == 0 ? "null" : Literals[random.Next(Literals.Length)]);
    }

    private static byte[] Deep(Random random)
    {
        var depth = 1 << random.Next(14);
        return random.Next(2) == 0
            ? Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth))
            : Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "0" + new string('}', depth));
    }

    // The JSON document that a string holds; null if it holds none.
    private static byte[]? Inner(ReadOnlySpan<byte> quoted)
    {
        var reader = new Utf8JsonReader(quoted);
        try
        {
            return reader.Read() && reader.GetString() is ['{' or '[', ..] text ? Encoding.UTF8.GetBytes(text) : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static byte[] Quote(byte[] json) => [(byte)'"', .. JsonEncodedText.Encode(Encoding.UTF8.GetString(json)).EncodedUtf8Bytes, (byte)'"'];

    private static byte[] Replace(byte[] json, int start, int end, ReadOnlySpan<byte> with) => [.. json.AsSpan(0, start), .. with, .. json.AsSpan(end)];
}
