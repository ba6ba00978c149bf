using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Reparam.Compression.Methods;

/// <summary>Reads summaries from the documentation file that the compiler writes beside an assembly: the one place where an option is explained.</summary>
internal static partial class OptionHelp
{
    private static readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> Files = new(StringComparer.Ordinal);

    /// <summary>Summary of a property, in one line.</summary>
    public static string Of(PropertyInfo property) => Find(property.DeclaringType!, $"P:{NameOf(property.DeclaringType!)}.{property.Name}");

    /// <summary>Summary of a class, in one line.</summary>
    public static string Of(Type type) => Find(type, $"T:{NameOf(type)}");

    private static string Find(Type type, string id) =>
        type.Assembly.Location is { Length: > 0 } file ? Files.GetOrAdd(Path.ChangeExtension(file, ".xml"), Read).GetValueOrDefault(id, "") : "";

    private static string NameOf(Type type) => type.FullName!.Replace('+', '.');

    // Help is told where there is some; a file that is not there or damaged costs nothing else.
    private static IReadOnlyDictionary<string, string> Read(string file)
    {
        try
        {
            return !File.Exists(file)
                ? new Dictionary<string, string>()
                : XDocument.Load(file).Descendants("member")
                    .Where(member => member.Attribute("name") is not null && member.Element("summary") is not null)
                    .DistinctBy(member => member.Attribute("name")!.Value)
                    .ToDictionary(member => member.Attribute("name")!.Value, member => Text(member.Element("summary")!), StringComparer.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or XmlException)
        {
            return new Dictionary<string, string>();
        }
    }

    private static string Text(XElement summary) => Spaces().Replace(string.Concat(summary.Nodes().Select(Text)), " ").Trim();

    // <see cref="F:Reparam.ShiftAddLayout.Nested"/> → nested, as it is typed.
    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement element when (element.Attribute("cref") ?? element.Attribute("langword") ?? element.Attribute("name")) is { } reference && element.IsEmpty => ShortName(reference.Value),
        XElement element => string.Concat(element.Nodes().Select(Text)),
        _ => "",
    };

    private static string ShortName(string reference)
    {
        var name = reference[(reference.LastIndexOf('.') + 1)..];
        return reference.StartsWith("F:", StringComparison.Ordinal) ? name.ToLowerInvariant() : name;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
