using System.Reflection;
using System.Text.Json.Nodes;
using Reparam.Generators.Common;

namespace Reparam.Training;

/// <summary>A model's construction record as the metadata entry <c>reparam.config</c>: a flat JSON object with snake_case names.</summary>
internal static class ConfigJson
{
    /// <summary>Name of the metadata entry.</summary>
    public const string Key = "reparam.config";

    /// <summary>The record's public properties as JSON.</summary>
    /// <param name="config">An object whose properties are numbers, strings and truth values.</param>
    /// <exception cref="ArgumentException">A property is of another type.</exception>
    public static string Write(object config)
    {
        var json = new JsonObject();
        foreach (var property in config.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(p => p.GetIndexParameters().Length == 0))
        {
            json.Add(StateNames.SnakeCase(property.Name), ToNode(property, property.GetValue(config)));
        }

        return json.ToJsonString();
    }

    private static JsonNode? ToNode(PropertyInfo property, object? value) => value switch
    {
        null => null,
        string s => JsonValue.Create(s),
        bool b => JsonValue.Create(b),
        int i => JsonValue.Create(i),
        long l => JsonValue.Create(l),
        float f => JsonValue.Create(f),
        double d => JsonValue.Create(d),
        _ => throw new ArgumentException(
            $"{property.DeclaringType!.Name}.{property.Name} is a {property.PropertyType.Name}; a model's config holds only int, long, float, double, string "
                + $"and bool."),
    };
}
