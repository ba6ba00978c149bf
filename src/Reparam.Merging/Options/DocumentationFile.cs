using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Reparam.Merging;

/// <summary>Doc comments of methods, from the documentation file that the compiler wrote beside an assembly.</summary>
internal static partial class DocumentationFile
{
    private static readonly ConcurrentDictionary<string, Dictionary<string, XElement>> Files = new(StringComparer.Ordinal);

    /// <summary>Summary of a method; empty where there is none.</summary>
    public static string Summary(MethodInfo method) => Text(Member(method)?.Element("summary"));

    /// <summary>What a method's comment says of a parameter; empty where it says nothing.</summary>
    public static string Parameter(MethodInfo method, string name) =>
        Text(Member(method)?.Elements("param").FirstOrDefault(element => (string?)element.Attribute("name") == name));

    private static XElement? Member(MethodInfo method)
    {
        var assembly = method.DeclaringType!.Assembly.Location;
        var members = assembly.Length == 0 ? [] : Files.GetOrAdd(Path.ChangeExtension(assembly, ".xml"), Read);
        var name = $"M:{method.DeclaringType.FullName!.Replace('+', '.')}.{method.Name}";
        return members.FirstOrDefault(member => member.Key == name || member.Key.StartsWith(name + "(", StringComparison.Ordinal)).Value;
    }

    private static Dictionary<string, XElement> Read(string path)
    {
        try
        {
            return !File.Exists(path) ? [] : XDocument.Load(path).Descendants("member")
                .Where(member => member.Attribute("name") is not null)
                .GroupBy(member => (string)member.Attribute("name")!, StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        }
        catch (Exception exception) when (exception is XmlException or IOException or UnauthorizedAccessException)
        {
            // Help is a convenience: without it the options still work.
            return [];
        }
    }

    private static string Text(XElement? element) =>
        element is null ? "" : Spaces().Replace(string.Concat(element.Nodes().Select(Text)), " ").Trim();

    // <see cref="M:A.B"/> reads as B.
    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Value.Length: > 0 } inner => inner.Value,
        XElement inner =>
            ((string?)inner.Attribute("cref") ?? (string?)inner.Attribute("name") ?? (string?)inner.Attribute("langword") ?? "").Split(':', '.')[^1],
        _ => "",
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
