using System.Text.Json;

namespace Reparam.Checkpoints.Packed;

/// <summary>
/// Reads the members of one spec in <c>reparam.layers</c>, strictly: a member that is missing or of another type is refused, and so is one that nobody asked
/// for.
/// </summary>
public sealed class SpecMembers
{
    private readonly JsonElement layer;
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    internal SpecMembers(JsonElement layer) =>
        this.layer = layer.ValueKind == JsonValueKind.Object ? layer : throw new JsonException($"found {layer.ValueKind}, expected an object");

    /// <summary>Whether there is a member of a name. It counts as asked for.</summary>
    public bool Contains(string name)
    {
        asked.Add(name);
        return layer.TryGetProperty(name, out _);
    }

    /// <summary>A whole number of 32 bits.</summary>
    /// <exception cref="JsonException">The member is missing or something else.</exception>
    public int Int32(string name) =>
        Find(name, JsonValueKind.Number, "a whole number").TryGetInt32(out var value) ? value : throw Wrong(name, "a whole number of 32 bits");

    /// <summary>A whole number of 64 bits.</summary>
    /// <exception cref="JsonException">The member is missing or something else.</exception>
    public long Int64(string name) =>
        Find(name, JsonValueKind.Number, "a whole number").TryGetInt64(out var value) ? value : throw Wrong(name, "a whole number of 64 bits");

    /// <summary>A number in single precision; beyond its range, infinity.</summary>
    /// <exception cref="JsonException">The member is missing or something else.</exception>
    public float Single(string name) => Find(name, JsonValueKind.Number, "a number").GetSingle();

    /// <summary>A number in double precision; beyond its range, infinity.</summary>
    /// <exception cref="JsonException">The member is missing or something else.</exception>
    public double Double(string name) => Find(name, JsonValueKind.Number, "a number").GetDouble();

    /// <summary>True or false.</summary>
    /// <exception cref="JsonException">The member is missing or something else.</exception>
    public bool Boolean(string name)
    {
        var value = Find(name);
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(name, "true or false");
    }

    /// <summary>A text.</summary>
    /// <exception cref="JsonException">The member is missing or something else.</exception>
    public string Text(string name) => Find(name, JsonValueKind.String, "a text").GetString()!;

    /// <summary>A list of whole numbers of 64 bits.</summary>
    /// <exception cref="JsonException">The member is missing or something else.</exception>
    public long[] Int64s(string name)
    {
        var values = Find(name, JsonValueKind.Array, "a list of whole numbers");
        var numbers = new long[values.GetArrayLength()];
        var count = 0;
        foreach (var value in values.EnumerateArray())
        {
            numbers[count++] = value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
                ? number
                : throw Wrong(name, "a list of whole numbers of 64 bits");
        }

        return numbers;
    }

    /// <summary>Refuses members that were not asked for.</summary>
    /// <exception cref="JsonException">There is one.</exception>
    internal void RequireNoOther()
    {
        foreach (var member in layer.EnumerateObject())
        {
            if (!asked.Contains(member.Name))
            {
                throw new JsonException($"found member '{Printable.Of(member.Name)}', expected none but {string.Join(", ", asked)}");
            }
        }
    }

    private JsonElement Find(string name)
    {
        asked.Add(name);
        return layer.TryGetProperty(name, out var value) ? value : throw new JsonException($"found no member '{name}'");
    }

    private JsonElement Find(string name, JsonValueKind kind, string expected)
    {
        var value = Find(name);
        return value.ValueKind == kind ? value : throw Wrong(name, expected);
    }

    private JsonException Wrong(string name, string expected) => new($"found {name} {Printable.Of(layer.GetProperty(name).GetRawText())}, expected {expected}");
}
