namespace Reparam.Compression.Allocation;

/// <summary>Names of costs as command lines and plans write them: the member's name in lower case.</summary>
public static class AllocationCosts
{
    /// <summary>Every cost.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetValues<AllocationCost>().Select(cost => cost.ToString().ToLowerInvariant())];

    /// <summary>The cost of a name, in upper or lower case.</summary>
    /// <exception cref="ArgumentException">No cost has this name; the message lists those that there are.</exception>
    public static AllocationCost Parse(string name) => Names.Contains(name, StringComparer.OrdinalIgnoreCase)
        ? Enum.Parse<AllocationCost>(name, ignoreCase: true)
        : throw new ArgumentException($"the cost is '{name}'; known: {string.Join(", ", Names)}");
}
