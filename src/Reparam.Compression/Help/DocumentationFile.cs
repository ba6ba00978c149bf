using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Reparam.Compression.Help;

/// <summary>
/// Doc comments, from the documentation file that the compiler writes beside an assembly: the one place where an option is explained. Texts are one line,
/// and empty where there is none. One source for post-training methods and checkpoint operations.
/// </summary>
internal static partial class DocumentationFile
{
    private static readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, XElement>> Files = new(StringComparer.Ordinal);

    /// <summary>Summary of a property.</summary>
    public static string Summary(PropertyInfo property) => Text(Of(property.DeclaringType!).GetValueOrDefault($"P:{NameOf(property)}")?.Element("summary"));

    /// <summary>Summary of a method.</summary>
    public static string Summary(MethodInfo method) => Text(Find(method)?.Element("summary"));

    /// <summary>What a method's comment says of a parameter.</summary>
    public static string Parameter(MethodInfo method, string name) =>
        Text(Find(method)?.Elements("param").FirstOrDefault(element => (string?)element.Attribute("name") == name));

    // Behind the name of a method stand the types of its parameters, where it has some.
    private static XElement? Find(MethodInfo method)
    {
        var name = $"M:{NameOf(method)}";
        return Of(method.DeclaringType!).FirstOrDefault(member => member.Key == name || member.Key.StartsWith(name + "(", StringComparison.Ordinal)).Value;
    }

    private static string NameOf(MemberInfo member) => $"{member.DeclaringType!.FullName!.Replace('+', '.')}.{member.Name}";

    private static IReadOnlyDictionary<string, XElement> Of(Type type) =>
        Files.GetOrAdd(type.Assembly.Location is { Length: > 0 } file ? Path.ChangeExtension(file, ".xml") : "", Read);

    // Help is told where there is some; a file that is not there or damaged costs nothing else.
    private static IReadOnlyDictionary<string, XElement> Read(string file)
    {
        try
        {
            return !File.Exists(file)
                ? new Dictionary<string, XElement>()
                : XDocument.Load(file).Descendants("member")
                    .Where(member => member.Attribute("name") is not null)
                    .DistinctBy(member => member.Attribute("name")!.Value)
                    .ToDictionary(member => member.Attribute("name")!.Value, StringComparer.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or XmlException)
        {
            return new Dictionary<string, XElement>();
        }
    }

    private static string Text(XElement? element) =>
        element is null ? "" : Spaces().Replace(string.Concat(element.Nodes().Select(Text)), " ").Trim();

    // <see cref="F:Reparam.ShiftAddLayout.Nested"/> → nested, as it is typed.
    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement element when (element.Attribute("cref") ?? element.Attribute("langword") ?? element.Attribute("name")) is { } reference && element.IsEmpty =>
            ShortName(reference.Value),
        XElement element => string.Concat(element.Nodes().Select(Text)),
        _ => "",
    };

    private static string ShortName(string reference)
    {
        var name = reference.Split(':', '.')[^1];
        return reference.StartsWith("F:", StringComparison.Ordinal) ? name.ToLowerInvariant() : name;
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
