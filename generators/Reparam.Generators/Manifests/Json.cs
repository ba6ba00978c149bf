using System;
using System.Globalization;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Reparam.Generators.Common;

namespace Reparam.Generators.Manifests;

/// <summary>JSON text of an attribute's constants.</summary>
internal static class Json
{
    /// <summary>A constant as JSON: enums by member name, numbers in their round-trip form.</summary>
    public static string Of(TypedConstant constant)
    {
        if (constant.IsNull)
        {
            return "null";
        }

        return constant.Kind switch
        {
            TypedConstantKind.Array => $"[{string.Join(", ", constant.Values.Select(Of))}]",
            TypedConstantKind.Enum => OfEnum((INamedTypeSymbol)constant.Type!, constant.Value!),
            TypedConstantKind.Type => Of(((ITypeSymbol)constant.Value!).ToDisplayString()),
            _ => OfPrimitive(constant.Value!),
        };
    }

    /// <summary>A quoted, escaped string.</summary>
    public static string Of(string value)
    {
        var json = new StringBuilder("\"");
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => json.Append("\\\""),
                '\\' => json.Append("\\\\"),
                < ' ' => json.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => json.Append(c),
            };
        }

        return json.Append('"').ToString();
    }

    private static string OfPrimitive(object value) => value switch
    {
        string s => Of(s),
        char c => Of(c.ToString()),
        bool b => b ? "true" : "false",
        float f when float.IsNaN(f) || float.IsInfinity(f) => Of(f.ToString(CultureInfo.InvariantCulture)),
        double d when double.IsNaN(d) || double.IsInfinity(d) => Of(d.ToString(CultureInfo.InvariantCulture)),
        float f => Literals.Digits(f),
        double d => Literals.Digits(d),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"No JSON for a value of type {value.GetType()}.", nameof(value)),
    };

    private static string OfEnum(INamedTypeSymbol type, object value)
    {
        var member = type.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(f => f.HasConstantValue && Equals(f.ConstantValue, value));
        return member is null ? OfPrimitive(value) : Of(member.Name);
    }
}
