using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace Reparam.Benchmarks.Survey;

/// <summary>What keeps a class from compiling: a diagnostic with the operation, type or construct that it is about.</summary>
/// <param name="Id">The diagnostic.</param>
/// <param name="Subject">What it is about.</param>
internal readonly partial record struct Blocker(string Id, string Subject)
{
    // Which quoted part of the message names the subject; other diagnostics are one blocker each, named by their title.
    private static readonly Dictionary<string, int> SubjectParts = new() { ["RP0201"] = 0, ["RP0204"] = 1, ["RP0205"] = 1, ["RP0206"] = 0, ["RP0208"] = 1 };

    // Behind it stands the compiler's own message.
    private const string Refusal = "would not compile: ";

    /// <summary>The blocker that a diagnostic is.</summary>
    public static Blocker Of(Diagnostic diagnostic, bool isEmitted)
    {
        var message = diagnostic.GetMessage(CultureInfo.InvariantCulture);
        if (isEmitted)
        {
            return new Blocker(diagnostic.Id, $"in emitted code: {message}");
        }

        if (diagnostic.Id == "RP0211" && message.IndexOf(Refusal, StringComparison.Ordinal) is >= 0 and var at)
        {
            return new Blocker(diagnostic.Id, message[(at + Refusal.Length)..]);
        }

        var parts = Quoted().Matches(message);
        return SubjectParts.TryGetValue(diagnostic.Id, out var part) && part < parts.Count
            ? new Blocker(diagnostic.Id, parts[part].Groups[1].Value)
            : diagnostic.Id.StartsWith("RP", StringComparison.Ordinal)
                ? new Blocker(diagnostic.Id, Form(message) ?? diagnostic.Descriptor.Title.ToString(CultureInfo.InvariantCulture))
                : new Blocker(diagnostic.Id, message);
    }

    // "The class 'X' is nested": the part that tells forms apart.
    private static string? Form(string message) => ClassForm().Match(message) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex(@"(?<![\p{L}])'([^']+)'")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^The class '[^']+' is ([^;,]+)")]
    private static partial Regex ClassForm();
}
