using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Reparam.Compression.Json;

/// <summary>
/// Reads the JSON documents of plans and calibration files into records. The serializer alone lets some values through that no later code expects: a null in a
/// list or as the value of a dictionary, a null for a list, a number beyond the range of a double, half a surrogate pair. All of them are refused here.
/// </summary>
internal static class StrictJson
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads a document.</summary>
    /// <param name="text">The document in UTF-8, with or without a byte order mark.</param>
    /// <param name="type">What it holds.</param>
    /// <param name="versions">
    /// The versions that are read; none for a document without one. It is looked at before all else, as a later version may have other members.
    /// </param>
    /// <exception cref="JsonException">It is no such document. The message names the member, what was found and what was expected.</exception>
    public static T Read<T>(ReadOnlyMemory<byte> text, JsonTypeInfo<T> type, params ReadOnlySpan<int> versions)
    {
        if (text.Span.StartsWith(ByteOrderMark))
        {
            text = text[ByteOrderMark.Length..];
        }

        try
        {
            using var document = JsonDocument.Parse(text);
            if (!versions.IsEmpty)
            {
                RequireVersion(document.RootElement, versions);
            }

            Check(document.RootElement, type, "$");
            return JsonSerializer.Deserialize(text.Span, type)!;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or InvalidOperationException or NotSupportedException)
        {
            throw new JsonException(exception.Message, exception);
        }
    }

    /// <summary>Reads a document that stands as a string in another file.</summary>
    /// <exception cref="JsonException">It is no such document.</exception>
    public static T Read<T>(string text, JsonTypeInfo<T> type) => Read(System.Text.Encoding.UTF8.GetBytes(text).AsMemory(), type);

    private static void RequireVersion(JsonElement root, ReadOnlySpan<int> known)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("version", out var version))
        {
            throw new JsonException("it is not an object with a member \"version\"");
        }

        if (version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || !known.Contains(number))
        {
            throw new JsonException(
                $"version is {version.GetRawText()}, and this tool reads version{(known.Length == 1 ? "" : "s")} {string.Join(" and ", known.ToArray())}");
        }
    }

    // A type is null where no more is known of a value than that it is JSON: a member that no property takes, or an option of an annotation.
    private static void Check(JsonElement value, JsonTypeInfo? type, string path)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null when path == "$" || type is { Type.IsValueType: true, Kind: not JsonTypeInfoKind.None }:
                throw Null(type, path);
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    var name = Text(() => member.Name, path);
                    CheckMember(member.Value, name, type, type?.Kind == JsonTypeInfoKind.Dictionary ? $"{path}['{name}']" : $"{path}.{name}");
                }

                break;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var element in value.EnumerateArray())
                {
                    CheckElement(element, type, $"{path}[{index++}]");
                }

                break;
            case JsonValueKind.String:
                Text(value.GetString, path);
                break;
            case JsonValueKind.Number when !double.IsFinite(value.GetDouble()):
                throw new JsonException($"{path} is {value.GetRawText()}; a number that a double holds is expected");
            default:
                break;
        }
    }

    private static void CheckMember(JsonElement value, string name, JsonTypeInfo? type, string path)
    {
        if (type?.Kind != JsonTypeInfoKind.Object)
        {
            CheckElement(value, type, path);
            return;
        }

        // A null for a property is the serializer's to judge. What no property takes is refused by it, or left out.
        var property = type.Properties.FirstOrDefault(property => property.Name == name);
        Check(value, property is null ? null : InfoOf(type, property.PropertyType), path);
    }

    private static void CheckElement(JsonElement value, JsonTypeInfo? type, string path)
    {
        var element = type?.ElementType is { } known ? InfoOf(type, known) : null;
        if (value.ValueKind == JsonValueKind.Null && element is not null && Nullable.GetUnderlyingType(element.Type) is null)
        {
            throw Null(element, path);
        }

        Check(value, element, path);
    }

    // Half a surrogate pair can be written as an escape, and bytes may be no UTF-8: no string holds either.
    private static string Text(Func<string?> read, string path)
    {
        try
        {
            return read()!;
        }
        catch (InvalidOperationException exception)
        {
            throw new JsonException($"{path}: {exception.Message}", exception);
        }
    }

    private static JsonTypeInfo? InfoOf(JsonTypeInfo owner, Type type) => type == typeof(JsonElement) ? null : owner.Options.GetTypeInfo(type);

    private static JsonException Null(JsonTypeInfo? type, string path) => new($"{path} is null; " + (type?.Kind switch
    {
        JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary => "an object is expected",
        JsonTypeInfoKind.Enumerable => "a list is expected",
        _ => "a value is expected",
    }));
}
