using System.Text.Json;

namespace Reparam.Fuzz.Mutation;

/// <summary>Where a value stands in a JSON text.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="End">The byte behind it.</param>
/// <param name="Kind">Its first token.</param>
/// <param name="Name">First byte of the name in front of it; -1 for an element of a list and for the document.</param>
internal readonly record struct JsonValue(int Start, int End, JsonTokenType Kind, int Name)
{
    /// <summary>Every value of a text, up to the first byte that is no JSON.</summary>
    public static List<JsonValue> FindAll(ReadOnlySpan<byte> json)
    {
        var values = new List<JsonValue>();
        var open = new Stack<int>();
        var name = -1;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1000 });
        try
        {
            while (reader.Read())
            {
                var (start, end) = ((int)reader.TokenStartIndex, (int)reader.BytesConsumed);
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        name = start;
                        continue;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        var container = open.Pop();
                        values[container] = values[container] with { End = end };
                        break;
                    default:
                        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                        {
                            open.Push(values.Count);
                        }

                        values.Add(new JsonValue(start, end, reader.TokenType, name));
                        break;
                }

                name = -1;
            }
        }
        catch (JsonException)
        {
            // What was found so far can still be mutated; an object or list that did not end is its first byte.
        }

        return values;
    }
}
