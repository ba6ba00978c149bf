using System.Reflection;
using System.Text.RegularExpressions;

namespace Reparam.Zoo.Tests;

/// <summary>
/// A model of the zoo: one file of ordinary TorchSharp. Its line <c>//! new Zoo.Net(8) : randn(2, 8)</c> says how it is made and called.
/// </summary>
/// <param name="Name">Name of the file.</param>
/// <param name="Source">Its text.</param>
/// <param name="Creation">The expression that makes the model.</param>
/// <param name="Inputs">Its inputs, such as <c>randn(2, 8), ints(10, 2, 4)</c>; the first number of integers is their bound.</param>
internal sealed partial record ZooModel(string Name, string Source, string Creation, string Inputs)
{
    /// <summary>Every model, by name.</summary>
    public static IReadOnlyList<ZooModel> All { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Models"), "*.cs").Order(StringComparer.Ordinal).Select(Read)];

    /// <summary>The root of the repository.</summary>
    public static string RepositoryRoot { get; } = typeof(ZooModel).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryRoot").Value!;

    /// <summary>The expression that makes the twin: each class that has one by its name.</summary>
    /// <param name="exists">Whether there is a class of a name.</param>
    public string TwinCreation(Func<string, bool> exists) =>
        ClassName().Replace(Creation, match => exists(match.Value + "Runtime") ? match.Value + "Runtime" : match.Value);

    private static ZooModel Read(string path)
    {
        var text = File.ReadAllText(path);
        var run = RunLine().Match(text);
        return new ZooModel(Path.GetFileNameWithoutExtension(path), text, run.Groups[1].Value, run.Groups[2].Value);
    }

    [GeneratedRegex(@"^//! (.+) : (.+?)\r?$", RegexOptions.Multiline)]
    private static partial Regex RunLine();

    [GeneratedRegex(@"\bZoo\.\w+")]
    private static partial Regex ClassName();
}
