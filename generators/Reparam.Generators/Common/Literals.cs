using System;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Reparam.Generators.Common;

/// <summary>C# literals whose text is the same under every culture and gives the very value back.</summary>
internal static class Literals
{
    /// <summary>A whole number.</summary>
    public static string Of(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>A quoted, escaped string.</summary>
    public static string Of(string value) => SymbolDisplay.FormatLiteral(value, quote: true);

    /// <summary>A constant of an attribute, enums by their qualified name.</summary>
    /// <param name="constant">A primitive, string, enum, type, null or array.</param>
    public static string Of(TypedConstant constant)
    {
        if (constant.IsNull)
        {
            return "null";
        }

        return constant.Kind switch
        {
            TypedConstantKind.Array => OfArray(constant),
            TypedConstantKind.Enum => OfEnum((INamedTypeSymbol)constant.Type!, constant.Value!),
            TypedConstantKind.Type => $"typeof({((ITypeSymbol)constant.Value!).ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)})",
            _ => OfPrimitive(constant.Value!),
        };
    }

    /// <summary>A number, string, character or truth value.</summary>
    public static string OfPrimitive(object value) => value switch
    {
        string s => Of(s),
        char c => SymbolDisplay.FormatLiteral(c, quote: true),
        bool b => b ? "true" : "false",
        float f => OfFloat(f),
        double d => OfDouble(d),
        long l => l.ToString(CultureInfo.InvariantCulture) + "L",
        ulong u => u.ToString(CultureInfo.InvariantCulture) + "UL",
        uint u => u.ToString(CultureInfo.InvariantCulture) + "U",
        byte or sbyte or short or ushort => $"({KeywordOf(value)}){((IFormattable)value).ToString(null, CultureInfo.InvariantCulture)}",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"No literal for a value of type {value.GetType()}.", nameof(value)),
    };

    /// <summary>A finite number in digits that give it back.</summary>
    public static string Digits(float value) => Shortest(
        value.ToString("R", CultureInfo.InvariantCulture), value.ToString("G9", CultureInfo.InvariantCulture),
        text => float.Parse(text, CultureInfo.InvariantCulture) == value);

    /// <summary>A finite number in digits that give it back.</summary>
    public static string Digits(double value) => Shortest(
        value.ToString("R", CultureInfo.InvariantCulture), value.ToString("G17", CultureInfo.InvariantCulture),
        text => double.Parse(text, CultureInfo.InvariantCulture) == value);

    private static string OfFloat(float value) => value switch
    {
        float.PositiveInfinity => "float.PositiveInfinity",
        float.NegativeInfinity => "float.NegativeInfinity",
        _ when float.IsNaN(value) => "float.NaN",
        _ => Digits(value) + "f",
    };

    private static string OfDouble(double value)
    {
        if (double.IsNaN(value))
        {
            return "double.NaN";
        }

        if (double.IsInfinity(value))
        {
            return value > 0 ? "double.PositiveInfinity" : "double.NegativeInfinity";
        }

        var text = Digits(value);
        return text.IndexOfAny(['.', 'E', 'e']) < 0 ? text + ".0" : text;
    }

    // .NET Framework's "R" does not always give the value back; the long form does.
    private static string Shortest(string candidate, string exact, Func<string, bool> isExact) => isExact(candidate) ? candidate : exact;

    private static string OfEnum(INamedTypeSymbol type, object value)
    {
        var name = type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        foreach (var member in type.GetMembers())
        {
            if (member is IFieldSymbol { HasConstantValue: true } field && Equals(field.ConstantValue, value))
            {
                return $"{name}.{field.Name}";
            }
        }

        return $"({name})({OfPrimitive(value)})";
    }

    private static string OfArray(TypedConstant constant)
    {
        var type = constant.Type!.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        var values = new string[constant.Values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Of(constant.Values[i]);
        }

        return $"new {type} {{ {string.Join(", ", values)} }}";
    }

    private static string KeywordOf(object value) => value switch
    {
        byte => "byte",
        sbyte => "sbyte",
        short => "short",
        _ => "ushort",
    };
}
