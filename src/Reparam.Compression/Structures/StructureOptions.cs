using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reparam.Compression.Structures;

/// <summary>Makes the attribute object again that a manifest's options were written from.</summary>
internal static class StructureOptions
{
    private static readonly JsonSerializerOptions Json = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Reads the options.</summary>
    /// <param name="type">The attribute class.</param>
    /// <param name="written">What the annotation writes: constructor arguments by parameter name, properties in camelCase.</param>
    /// <exception cref="ArgumentException">An option is unknown or has a value of another type; or no constructor takes what is written.</exception>
    public static StructureAttribute Read(Type type, IReadOnlyDictionary<string, JsonElement> written)
    {
        // The constructor that takes most of what is written; optional parameters may be missing.
        var constructor = type.GetConstructors()
            .Where(one => one.GetParameters().All(p => p.HasDefaultValue || written.ContainsKey(p.Name!)))
            .MaxBy(one => one.GetParameters().Count(p => written.ContainsKey(p.Name!)))
            ?? throw new ArgumentException($"{type.Name} has no constructor that takes {(written.Count == 0 ? "nothing" : string.Join(", ", written.Keys))}");
        var parameters = constructor.GetParameters();
        var options = constructor.Invoke([.. parameters.Select(p => written.TryGetValue(p.Name!, out var value) ? Value(p.Name!, value, p.ParameterType) : p.DefaultValue)]);
        foreach (var (name, value) in written.Where(option => parameters.All(p => p.Name != option.Key)))
        {
            var property = type.GetProperties().FirstOrDefault(p => p.SetMethod is { IsPublic: true } && JsonNamingPolicy.CamelCase.ConvertName(p.Name) == name)
                ?? throw new ArgumentException($"{type.Name} has no option '{name}'");
            property.SetValue(options, Value(name, value, property.PropertyType));
        }

        return (StructureAttribute)options;
    }

    private static object? Value(string name, JsonElement value, Type type)
    {
        try
        {
            return value.Deserialize(type, Json);
        }
        catch (Exception exception) when (exception is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new ArgumentException($"{name} is {value.GetRawText()}, which is no {type.Name}", exception);
        }
    }
}
