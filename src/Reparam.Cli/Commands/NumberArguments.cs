using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Reparam.Cli.Commands;

/// <summary>
/// Numbers of the command line. They are read the same way on every machine: digits with a point before the fraction, no separator between thousands.
/// </summary>
internal static class NumberArguments
{
    /// <summary>Has an option take whole numbers; its range is checked by whoever reads it.</summary>
    public static Option<int> AsWhole(this Option<int> option)
    {
        option.CustomParser = result => Whole(result, option.Name) ?? 0;
        return option;
    }

    /// <summary>Has an option that may be left out take whole numbers.</summary>
    public static Option<int?> AsWhole(this Option<int?> option)
    {
        option.CustomParser = result => Whole(result, option.Name);
        return option;
    }

    /// <summary>Reads a number above 0.</summary>
    /// <param name="name">Name of the option, for the message.</param>
    /// <param name="text">What was given; null where nothing was.</param>
    /// <exception cref="ArgumentException">It is no finite number above 0.</exception>
    public static double? AboveZero(string name, string? text)
    {
        if (text is null)
        {
            return null;
        }

        const NumberStyles Form = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text, Form, CultureInfo.InvariantCulture, out var value) && value > 0 && double.IsFinite(value)
            ? value
            : throw new ArgumentException($"{name} is {text}; it is a number above 0, with a point before its fraction");
    }

    private static int? Whole(ArgumentResult result, string name)
    {
        var text = result.Tokens[^1].Value;
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            return value;
        }

        result.AddError($"{name} is {text}; it is a whole number");
        return null;
    }
}
