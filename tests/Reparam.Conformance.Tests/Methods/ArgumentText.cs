using System.Globalization;
using System.Reflection;

namespace Reparam.Conformance.Tests.Methods;

/// <summary>Arguments of attributes that are out of their ranges, as they are written.</summary>
internal static class ArgumentText
{
    /// <summary>The attribute once for each argument that has a range, with a value beyond it.</summary>
    /// <param name="line">A legal form of the attribute.</param>
    public static IEnumerable<(string Argument, MethodCase Case)> OutOfRange(MethodCase line)
    {
        var positional = line.Positional.Length == 0 ? [] : line.Positional.Split(", ");
        var parameters = line.Attribute.GetConstructors().Single().GetParameters();
        foreach (var parameter in parameters)
        {
            if (parameter.GetCustomAttribute<ReparamRangeAttribute>() is { } range && Beyond(range, parameter.ParameterType) is { } value)
            {
                var arguments = Enumerable.Range(0, Math.Max(positional.Length, parameter.Position + 1))
                    .Select(i => i == parameter.Position ? value
                        : i < positional.Length ? positional[i] : Of(parameters[i].DefaultValue!, parameters[i].ParameterType));
                yield return (parameter.Name!, line with { Positional = string.Join(", ", arguments) });
            }
        }

        foreach (var property in line.Attribute.GetProperties().Where(property => property.SetMethod is { IsPublic: true }))
        {
            if (property.GetCustomAttribute<ReparamRangeAttribute>() is { } range && Beyond(range, property.PropertyType) is { } value)
            {
                yield return (property.Name, line with { Named = $"{property.Name} = {value}" });
            }
        }
    }

    // One below the smallest value, or one above the largest; null where every value of the type is allowed.
    private static string? Beyond(ReparamRangeAttribute range, Type type)
    {
        var whole = type == typeof(int) || type == typeof(long);
        var (least, most) = type == typeof(int) ? (int.MinValue, int.MaxValue) : (double.MinValue, double.MaxValue);
        return range.Minimum - 1 >= least && range.Minimum - 1 < range.Minimum ? Of(whole ? (long)range.Minimum - 1 : range.Minimum - 1, type)
            : range.Maximum + 1 <= most && range.Maximum + 1 > range.Maximum ? Of(whole ? (long)range.Maximum + 1 : range.Maximum + 1, type)
            : null;
    }

    private static string Of(object value, Type type) =>
        Convert.ToString(value, CultureInfo.InvariantCulture) + (type == typeof(float) ? "f" : type == typeof(double) ? "d" : "");
}
