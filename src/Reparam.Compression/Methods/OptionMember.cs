using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Reparam.Build.Text;
using Reparam.Compression.Help;

namespace Reparam.Compression.Methods;

/// <summary>One option of a method: a property of its attribute.</summary>
public sealed class OptionMember
{
    private static readonly Type[] Whole = [typeof(byte), typeof(short), typeof(int), typeof(long)];

    private readonly string method;
    private readonly ReparamRangeAttribute? range;

    internal OptionMember(string method, PropertyInfo property, ParameterInfo? parameter)
    {
        this.method = method;
        Property = property;
        Parameter = parameter;
        range = property.GetCustomAttribute<ReparamRangeAttribute>() ?? parameter?.GetCustomAttribute<ReparamRangeAttribute>();
        Name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
        IsKnownType = Type == typeof(bool) || Type == typeof(string) || Type.IsEnum || IsNumber;
    }

    /// <summary>Name in JSON and in messages, camelCase: <c>groupSize</c>.</summary>
    public string Name { get; }

    /// <summary>Name on the command line: <c>--group-size</c>.</summary>
    public string CommandName => "--" + JsonNamingPolicy.KebabCaseLower.ConvertName(Property.Name);

    /// <summary>Its type: a number, a truth, a text or an enumeration.</summary>
    public Type Type => Property.PropertyType;

    /// <summary>Whether the attribute cannot be made without it.</summary>
    public bool IsRequired => Parameter is { HasDefaultValue: false };

    /// <summary>
    /// Whether it says how a layer is planned and not how it is coded, such as <see cref="PostTrainingAttribute.Fixed"/>. It is no part of
    /// <see cref="MethodOptions.Json"/>.
    /// </summary>
    public bool IsOfPlan => Property.DeclaringType == typeof(PostTrainingAttribute);

    /// <summary>Whether it is true or false.</summary>
    public bool IsTruth => Type == typeof(bool);

    /// <summary>Its value where it is not written; null where it must be.</summary>
    public object? Default { get; internal set; }

    /// <summary>Names of an enumeration's members in lower case; empty for other types.</summary>
    public IReadOnlyList<string> Names => Type.IsEnum ? [.. Enum.GetNames(Type).Select(name => name.ToLowerInvariant())] : [];

    /// <summary>What it may be: <c>1 to 4</c>, <c>row, column or nested</c>.</summary>
    public string Expected
    {
        get
        {
            if (Type.IsEnum)
            {
                return string.Join(", ", Names);
            }

            if (range is null)
            {
                return Kind;
            }

            var limits = string.Create(CultureInfo.InvariantCulture, $"{range.Minimum} to {range.Maximum}");
            return range.MultipleOf > 0 ? string.Create(CultureInfo.InvariantCulture, $"multiples of {range.MultipleOf} from {limits}") : limits;
        }
    }

    /// <summary><see cref="Default"/> as it is written on a command line; empty where there is none.</summary>
    public string DefaultText => Default switch
    {
        null => "",
        Enum or bool => Default.ToString()!.ToLowerInvariant(),
        _ => Convert.ToString(Default, CultureInfo.InvariantCulture)!,
    };

    /// <summary>Some legal value as it is written on a command line, where a value must be given that a plan will replace: the minimum, or the first.</summary>
    public string Lowest => Blank is Enum or bool ? Blank.ToString()!.ToLowerInvariant() : Convert.ToString(Blank, CultureInfo.InvariantCulture)!;

    /// <summary>The summary of the property's doc comment, in one line; empty where the assembly's documentation file does not lie beside it.</summary>
    public string Help => DocumentationFile.Summary(Property);

    internal PropertyInfo Property { get; }

    internal ParameterInfo? Parameter { get; }

    internal bool IsKnownType { get; }

    private string Kind => IsTruth ? "true or false" : Type == typeof(string) ? "a text" : IsWhole ? "a whole number" : "a number";

    /// <summary>Some legal value, to make an attribute object with whose other values are asked for.</summary>
    internal object Blank => range is not null && IsNumber ? Convert.ChangeType(range.Minimum, Type, CultureInfo.InvariantCulture)
        : Type == typeof(string) ? ""
        : Type.IsEnum ? Enum.GetValues(Type).GetValue(0)!
        : Activator.CreateInstance(Type)!;

    private bool IsWhole => Whole.Contains(Type);

    private bool IsNumber => IsWhole || Type == typeof(float) || Type == typeof(double);

    /// <summary>Reads a value of a plan or a manifest.</summary>
    /// <exception cref="ArgumentException">It has another type or is out of its range.</exception>
    public object Read(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.True or JsonValueKind.False when IsTruth:
                return value.GetBoolean();
            case JsonValueKind.String when Type == typeof(string):
                return value.GetString()!;
            case JsonValueKind.String when Type.IsEnum:
                return Parse(value.GetString()!);
            case JsonValueKind.Number when IsNumber || Type == typeof(string):
                return Parse(value.GetRawText());
            default:
                throw WrongForm(value.GetRawText());
        }
    }

    /// <summary>Reads a value of a command line.</summary>
    /// <exception cref="ArgumentException">It has another form or is out of its range.</exception>
    public object Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var culture = CultureInfo.InvariantCulture;
        object? value = null;
        if (Type == typeof(string))
        {
            value = text;
        }
        else if (IsTruth)
        {
            value = bool.TryParse(text, out var truth) ? truth : null;
        }
        else if (Type.IsEnum)
        {
            var name = Enum.GetNames(Type).FirstOrDefault(name => string.Equals(name, text, StringComparison.OrdinalIgnoreCase));
            value = name is null ? null : Enum.Parse(Type, name);
        }
        else if (IsWhole)
        {
            value = long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var number) ? Narrow(number) : null;
        }
        else if (double.TryParse(text, NumberStyles.Float, culture, out var fraction) && double.IsFinite(fraction))
        {
            value = Type == typeof(float) ? (float)fraction : fraction;
        }

        Check(value ?? throw WrongForm(Type.IsEnum || Type == typeof(string) ? $"'{text}'" : text));
        return value;
    }

    /// <summary>Checks a value against the range and the members of the enumeration.</summary>
    /// <exception cref="ArgumentException">It is outside.</exception>
    internal void Check(object value)
    {
        if (Type.IsEnum && !Enum.IsDefined(Type, value))
        {
            throw OutOfRange(value);
        }

        CheckLimits(value);
        if (range is { MultipleOf: > 0 } && IsNumber && Convert.ToDouble(value, CultureInfo.InvariantCulture) % range.MultipleOf != 0)
        {
            throw OutOfRange(value);
        }
    }

    /// <summary>Checks a value against the ends of the range alone, and not whether it is a multiple.</summary>
    /// <exception cref="ArgumentException">It is outside.</exception>
    internal void CheckLimits(object value)
    {
        if (range is null || !IsNumber)
        {
            return;
        }

        var number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        if (!(number >= range.Minimum && number <= range.Maximum))
        {
            throw OutOfRange(value);
        }
    }

    internal void Write(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case bool truth:
                json.WriteBoolean(Name, truth);
                break;
            case string text:
                json.WriteString(Name, text);
                break;
            case Enum member:
                json.WriteString(Name, member.ToString().ToLowerInvariant());
                break;
            case float single:
                json.WriteNumber(Name, single);
                break;
            case double number:
                json.WriteNumber(Name, number);
                break;
            default:
                json.WriteNumber(Name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private object? Narrow(long number)
    {
        try
        {
            return Convert.ChangeType(number, Type, CultureInfo.InvariantCulture);
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    private ArgumentException WrongForm(string found)
    {
        var hint = Type.IsEnum ? NearestName.Hint(found.Trim('\'', '"'), Names) : "";
        return new ArgumentException($"{Name} is {found}{hint}; {method} takes {(Expected == Kind || Type.IsEnum ? "" : Kind + ", ")}{Expected}");
    }

    private ArgumentException OutOfRange(object found) =>
        new($"{Name} is {Convert.ToString(found, CultureInfo.InvariantCulture)}; {method} takes {Expected}");
}
