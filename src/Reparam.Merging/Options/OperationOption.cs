using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using Reparam.Compression.Help;

namespace Reparam.Merging;

/// <summary>One option of an operation: a parameter of its method.</summary>
public sealed class OperationOption
{
    private const NumberStyles Whole = NumberStyles.AllowLeadingSign;
    private const NumberStyles Fraction = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
    private static readonly char[] Separators = [',', ';'];

    private readonly Type type;
    private readonly PerInputAttribute? perInput;

    internal OperationOption(MethodInfo method, ParameterInfo parameter)
    {
        Parameter = parameter;
        type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        perInput = parameter.GetCustomAttribute<PerInputAttribute>();
        Range = parameter.GetCustomAttribute<ReparamRangeAttribute>();
        Name = ToKebab(parameter.Name!);
        Help = parameter.GetCustomAttribute<OptionHelpAttribute>()?.Text ?? DocumentationFile.Parameter(method, parameter.Name!);
        Choices = type.IsEnum ? [.. Enum.GetNames(type).Select(ToKebab)] : type == typeof(bool) ? ["true", "false"] : [];
        if (!IsKnown(type) || (perInput is not null && type != typeof(double[])))
        {
            throw new ArgumentException(
                $"the parameter {parameter.Name} of {method.DeclaringType}.{method.Name} is a {parameter.ParameterType}; " +
                "an option is a whole number, a double, a bool, text, an enum, or an array of doubles, and [PerInput] stands on the array");
        }

        if (perInput is null && !parameter.HasDefaultValue)
        {
            throw new ArgumentException($"the parameter {parameter.Name} of {method.DeclaringType}.{method.Name} has no default; an option can be left out");
        }
    }

    /// <summary>
    /// Name on the command line without its hyphens, such as <c>step-origin</c>. A build item has it as a metadatum without hyphens, in any case:
    /// <c>StepOrigin</c>.
    /// </summary>
    public string Name { get; }

    /// <summary>What it does: the parameter's doc comment.</summary>
    public string Help { get; }

    /// <summary>Its range; null for any value.</summary>
    public ReparamRangeAttribute? Range { get; }

    /// <summary>Names of the values of an enum or a bool; empty for other types.</summary>
    public ImmutableArray<string> Choices { get; }

    /// <summary>Whether it has one value for each input.</summary>
    public bool IsPerInput => perInput is not null;

    /// <summary>The value when it is left out, as a user would type it; empty for none.</summary>
    public string Default => perInput is not null ? Format(perInput.Default) : Format(Parameter.DefaultValue);

    internal ParameterInfo Parameter { get; }

    /// <summary>Key in JSON, such as <c>stepOrigin</c>.</summary>
    internal string Key => Parameter.Name!;

    /// <summary>What may be given, such as <c>0 to 1, one number or one for each input</c>.</summary>
    public string DescribeValues()
    {
        var values = Choices.Length > 0 ? string.Join(" or ", Choices)
            : Range is { } range ? string.Create(CultureInfo.InvariantCulture, $"{(IsWhole(type) ? "a whole number, " : "")}{range.Minimum} to {range.Maximum}")
            : IsWhole(type) ? "a whole number" : type == typeof(string) ? "text" : "a number";
        return IsPerInput ? $"{values}; one value, or one for each input with commas between them"
            : type == typeof(double[]) ? $"{values}; several with commas between them" : values;
    }

    /// <summary>Whether a name that a user wrote means this option: <c>step-origin</c>, <c>StepOrigin</c>, <c>stepOrigin</c>.</summary>
    public bool IsCalled(string name) => string.Equals(name.Replace("-", "", StringComparison.Ordinal), Key, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a value.</summary>
    /// <param name="text">As the user typed it.</param>
    /// <param name="inputs">Number of inputs.</param>
    /// <exception cref="FormatException">It is of another form, out of range, or there are too many or too few of it; the message says so.</exception>
    internal object Parse(string text, int inputs)
    {
        if (type != typeof(double[]))
        {
            return ParseOne(text.Trim());
        }

        var values = text.Split(Separators, StringSplitOptions.TrimEntries).Select(part => (double)ParseOne(part)).ToArray();
        return !IsPerInput || values.Length == inputs ? values
            : values.Length == 1 ? [.. Enumerable.Repeat(values[0], inputs)]
            : throw new FormatException($"{Name} has {values.Length} values for {inputs} inputs; it has one, or one for each input");
    }

    /// <summary>The value of an option that is left out.</summary>
    internal object? WhenLeftOut(int inputs) =>
        perInput is not null ? Enumerable.Repeat(perInput.Default, inputs).ToArray()
        : Parameter.DefaultValue is { } value && type.IsEnum ? Enum.ToObject(type, value)
        : Parameter.DefaultValue;

    /// <summary>The one form that a value has in JSON.</summary>
    internal static JsonNode? ToJson(object? value) => value switch
    {
        null => null,
        bool flag => flag,
        int number => number,
        long number => number,
        double number => number,
        double[] numbers => new JsonArray([.. numbers.Select(number => JsonValue.Create(number))]),
        Enum name => ToKebab(name.ToString()),
        _ => value.ToString(),
    };

    private static bool IsKnown(Type type) =>
        IsWhole(type) || type == typeof(double) || type == typeof(bool) || type == typeof(string) || type == typeof(double[]) || type.IsEnum;

    private static bool IsWhole(Type type) => type == typeof(int) || type == typeof(long);

    private object ParseOne(string text)
    {
        if (type == typeof(string))
        {
            return text;
        }

        if (Choices.Length > 0)
        {
            var chosen = IndexOfChoice(text);
            return chosen < 0 ? throw Wrong(text) : type == typeof(bool) ? chosen == 0 : Enum.Parse(type, Enum.GetNames(type)[chosen]);
        }

        object value = type == typeof(int) ? int.TryParse(text, Whole, CultureInfo.InvariantCulture, out var narrow) ? (object)narrow : throw Wrong(text)
            : type == typeof(long) ? long.TryParse(text, Whole, CultureInfo.InvariantCulture, out var wide) ? (object)wide : throw Wrong(text)
            : double.TryParse(text, Fraction, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : throw Wrong(text);
        var size = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        return Range is { } range && (size < range.Minimum || size > range.Maximum || (range.MultipleOf > 0 && size % range.MultipleOf != 0))
            ? throw Wrong(text) : value;
    }

    private int IndexOfChoice(string text)
    {
        static string Plain(string name) => name.Replace("-", "", StringComparison.Ordinal);
        return Choices.IndexOf(Plain(text), 0, Choices.Length, EqualityComparer<string>.Create(
            (left, right) => string.Equals(Plain(left!), Plain(right!), StringComparison.OrdinalIgnoreCase)));
    }

    private FormatException Wrong(string text) => new($"{Name} is '{text}'; it is {DescribeValues()}");

    private string Format(object? value) => value switch
    {
        null => "",
        bool flag => flag ? "true" : "false",
        _ when type.IsEnum => ToKebab(Enum.GetName(type, value)!),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static string ToKebab(string name)
    {
        var text = new StringBuilder();
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsUpper(name[i]) && i > 0 && (char.IsLower(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]))))
            {
                text.Append('-');
            }

            text.Append(char.ToLowerInvariant(name[i]));
        }

        return text.ToString();
    }
}
