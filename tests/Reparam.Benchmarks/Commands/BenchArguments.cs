using System.CommandLine;
using System.Globalization;
using Reparam.Benchmarks.Kernels;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Methods;
using Reparam.Compression.ShiftAdd;
using Reparam.Runtime.Packed;
using Reparam.Runtime.Threading;

namespace Reparam.Benchmarks.Commands;

/// <summary>Options of the verbs that take several values, and what they mean.</summary>
internal static class BenchArguments
{
    /// <summary>An option with values separated by commas.</summary>
    public static Option<string[]> List(string name, string description, params string[] defaults) => new(name)
    {
        Description = $"{description} Several are separated by commas.",
        DefaultValueFactory = _ => defaults,
        AllowMultipleArgumentsPerToken = false,
        CustomParser = result => [.. result.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
    };

    /// <summary>Values of an enumeration, by their names in lower case.</summary>
    /// <exception cref="CompressionException">A name is not one of them.</exception>
    public static IEnumerable<T> Names<T>(string[] names)
        where T : struct, Enum =>
        names.Select(name => Enum.TryParse<T>(name, ignoreCase: true, out var value) && Enum.IsDefined(value) && !int.TryParse(name, out _)
            ? value
            : throw Invalid($"'{name}' is not one of {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}"));

    /// <summary>Names of packed formats that a random matrix can have, in lower case.</summary>
    /// <exception cref="CompressionException">A name is not one of them.</exception>
    public static IEnumerable<string> Formats(string[] names) =>
        names.Select(name => RandomMatrix.Formats.Contains(name.ToLowerInvariant()) ? name.ToLowerInvariant() : throw Invalid($"'{name}' is not one of {string.Join(", ", RandomMatrix.Formats)}"));

    /// <summary>Whole numbers.</summary>
    /// <exception cref="CompressionException">One is not.</exception>
    public static IEnumerable<int> Numbers(string[] numbers) =>
        numbers.Select(text => int.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : throw Invalid($"'{text}' is not a whole number"));

    /// <summary>Whole numbers in a range.</summary>
    /// <exception cref="CompressionException">One is not.</exception>
    public static IEnumerable<int> Numbers(Option<string[]> option, string[] numbers, int minimum, int maximum) =>
        Numbers(numbers).Select(value => value >= minimum && value <= maximum ? value : throw Invalid($"{option.Name} is {value}; it takes {minimum} to {maximum}"));

    /// <summary>Checks options of the coders.</summary>
    /// <exception cref="CompressionException">A value is out of its range.</exception>
    public static void Validate(ShiftAddAttribute options)
    {
        try
        {
            ShiftAddRanges.Require(options, options.Layout);
        }
        catch (ArgumentException exception)
        {
            throw Invalid(exception.Message);
        }
    }

    /// <summary>Checks an attribute object.</summary>
    /// <exception cref="CompressionException">A value is out of its range.</exception>
    public static MethodOptions Checked(PostTrainingAttribute options)
    {
        try
        {
            return MethodOptions.Of(options);
        }
        catch (ArgumentException exception)
        {
            throw Invalid(exception.Message);
        }
    }

    /// <summary>Sets the threads of packed products, whatever the environment says; without effect where this process has multiplied already.</summary>
    public static void UseThreads(int count)
    {
        if (!WorkerPool.IsSharedMade)
        {
            PackedKernels.Threads = count;
        }
    }

    /// <summary>What is wrong with the command line.</summary>
    public static CompressionException Invalid(string text) => new("bench", CompressionDiagnostics.InvalidOption.With(text));
}
