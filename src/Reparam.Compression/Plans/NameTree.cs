using System.Globalization;

namespace Reparam.Compression.Plans;

/// <summary>The names of a checkpoint by their parts between dots: what lies below a path is found without a look at all names.</summary>
internal sealed class NameTree
{
    private const string Wildcard = "*";
    private const string AnyName = "?";

    private readonly Node root = new();

    /// <summary>Takes the names.</summary>
    public NameTree(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            var node = root;
            foreach (var part in name.Split('.'))
            {
                if (!node.Below.TryGetValue(part, out var next))
                {
                    node.Below.Add(part, next = new Node());
                }

                node = next;
            }

            node.IsName = true;
        }
    }

    /// <summary>Whether names continue behind a path.</summary>
    /// <param name="prefix">Empty, or a path that ends with a dot.</param>
    public bool HasBelow(string prefix) => Find(prefix) is { Below.Count: > 0 };

    /// <summary>Whether a path stands for several.</summary>
    public static bool IsPattern(string path) => path.Split('.').Any(part => part is Wildcard or AnyName);

    /// <summary>All names behind a path, in the order in which they were given.</summary>
    /// <param name="prefix">Empty, or a path that ends with a dot.</param>
    public IEnumerable<string> NamesBelow(string prefix) => Find(prefix) is { } node ? Names(node, prefix) : [];

    /// <summary>
    /// The paths that a path with wildcards stands for: each <c>*</c> is every index that the names have in its place, each <c>?</c> every name.
    /// </summary>
    /// <param name="prefix">Empty, or a path that ends with a dot.</param>
    /// <param name="path">Parts, of which some are <c>*</c> or <c>?</c>; empty for the prefix itself, without its dot.</param>
    public IEnumerable<string> Expand(string prefix, string path)
    {
        if (path.Length == 0)
        {
            return prefix.Length == 0 ? [] : [prefix[..^1]];
        }

        List<string> found = [prefix];
        foreach (var part in path.Split('.'))
        {
            found = part switch
            {
                Wildcard => [.. found.SelectMany(start => Indices(start).Select(index => start + index.ToString(CultureInfo.InvariantCulture) + "."))],
                AnyName => [.. found.SelectMany(start => Inner(start).Select(name => start + name + "."))],
                _ => [.. found.Select(start => start + part + ".")],
            };
        }

        return found.Select(start => start[..^1]);
    }

    private IEnumerable<string> Inner(string prefix) => (Find(prefix)?.Below ?? []).Where(pair => pair.Value.Below.Count > 0).Select(pair => pair.Key);

    private static IEnumerable<string> Names(Node node, string prefix)
    {
        var left = new Stack<(Node Node, string Path)>([(node, prefix)]);
        while (left.TryPop(out var at))
        {
            foreach (var (part, below) in at.Node.Below.Reverse())
            {
                left.Push((below, $"{at.Path}{part}."));
            }

            if (at.Node.IsName)
            {
                yield return at.Path[..^1];
            }
        }
    }

    private IEnumerable<int> Indices(string prefix) => (Find(prefix)?.Below ?? [])
        .Select(pair => int.TryParse(pair.Key, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : -1)
        .Where(index => index >= 0)
        .Distinct()
        .Order();

    private Node? Find(string prefix)
    {
        var node = root;
        foreach (var part in prefix.Length == 0 ? [] : prefix[..^1].Split('.'))
        {
            if (!node.Below.TryGetValue(part, out node!))
            {
                return null;
            }
        }

        return node;
    }

    private sealed class Node
    {
        public Dictionary<string, Node> Below { get; } = new(StringComparer.Ordinal);

        public bool IsName { get; set; }
    }
}
