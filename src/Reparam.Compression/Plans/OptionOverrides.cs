using System.Collections.Immutable;
using System.Text.Json;
using Reparam.Build.Text;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Methods;

namespace Reparam.Compression.Plans;

/// <summary>
/// Named options that a build sets in place of the annotations': <c>bits</c> for every method that has such an option, or <c>shiftadd.bits</c> for one method
/// alone.
/// </summary>
public sealed class OptionOverrides
{
    private readonly ImmutableArray<(string? Method, string Name, JsonElement Value)> values;
    private readonly HashSet<string> used = new(StringComparer.Ordinal);
    private readonly HashSet<string> lacking = new(StringComparer.Ordinal);

    /// <summary>Takes the options.</summary>
    /// <param name="options">Values by name; null for none.</param>
    public OptionOverrides(IEnumerable<KeyValuePair<string, JsonElement>>? options)
    {
        // One that names its method is nearer than one for all.
        values =
        [
            .. (options ?? []).Select(
                option => option.Key.LastIndexOf('.') is >= 0 and var dot
                    ? (option.Key[..dot], option.Key[(dot + 1)..], option.Value)
                    : ((string?)null, option.Key, option.Value))
                .OrderBy(option => option.Item1 is not null),
        ];
    }

    /// <summary>None.</summary>
    public static OptionOverrides None { get; } = new(null);

    /// <summary>Reads a layer's options: those that are written, with those of the build in their place.</summary>
    /// <param name="method">The layer's method.</param>
    /// <param name="written">What the annotation writes.</param>
    /// <exception cref="ArgumentException">An option is unknown, of another type, out of its range, or missing.</exception>
    public MethodOptions Read(PostTrainingMethod method, IEnumerable<KeyValuePair<string, JsonElement>> written)
    {
        ArgumentNullException.ThrowIfNull(method);
        var all = written.ToList();
        foreach (var (owner, name, value) in values.Where(value => value.Method is null || IsOf(value.Method, method)))
        {
            if (owner is not null || method.Options.Find(name) is not null)
            {
                all.Add(new KeyValuePair<string, JsonElement>(name, value));
                used.Add(Label(owner, name));
            }
            else
            {
                lacking.Add($"{name} {method}");
            }
        }

        return MethodOptions.Read(method, all);
    }

    /// <summary>What is wrong with the names themselves: an option that no registered method has, or a method that is not known.</summary>
    public IEnumerable<CompressionProblem> Problems()
    {
        foreach (var (owner, name, _) in values)
        {
            PostTrainingMethod[] methods = [.. PostTrainingMethods.All.Where(method => owner is null || IsOf(owner, method))];
            if (methods.Length == 0)
            {
                yield return CompressionDiagnostics.UnknownMethod.With($"the option '{Label(owner, name)}'", owner, string.Join(", ", PostTrainingMethods.All));
            }
            else if (methods.All(method => method.Options.Find(name) is null))
            {
                string[] known = [.. methods.SelectMany(method => method.Options.Members).Select(member => member.Name).Distinct(StringComparer.Ordinal)];
                yield return CompressionDiagnostics.InvalidOption.With(
                    $"no method has an option '{Label(owner, name)}'{NearestName.Hint(name, known)}; there are {string.Join(", ", known)}");
            }
        }
    }

    /// <summary>Warnings of options that did nothing for some or all of the layers that were read.</summary>
    public IEnumerable<CompressionProblem> Warnings()
    {
        foreach (var (owner, name, _) in values)
        {
            string[] without =
                [.. lacking.Where(pair => owner is null && pair.StartsWith(name + " ", StringComparison.Ordinal)).Select(pair => pair[(name.Length + 1)..])];
            if (!used.Contains(Label(owner, name)))
            {
                yield return CompressionDiagnostics.WithoutEffect.With(
                    $"the option '{Label(owner, name)}'",
                    without.Length > 0 ? $"no layer has a method with it; the layers' methods are {string.Join(", ", without)}" : "no layer has its method");
            }
            else if (without.Length > 0)
            {
                yield return CompressionDiagnostics.WithoutEffect.With(
                    $"the option '{name}'", $"layers that are coded by {string.Join(", ", without)} have no such option");
            }
        }
    }

    private static bool IsOf(string owner, PostTrainingMethod method) => string.Equals(owner, method.Name, StringComparison.OrdinalIgnoreCase);

    private static string Label(string? owner, string name) => owner is null ? name : $"{owner}.{name}";
}
