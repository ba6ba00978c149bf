namespace Reparam.Benchmarks.Survey;

/// <summary>A line of the table of blockers.</summary>
/// <param name="Blocker">What is missing.</param>
/// <param name="Total">Classes that it keeps from compiling, alone or with others.</param>
/// <param name="Alone">Classes that compile when it alone is there.</param>
/// <param name="Own">Classes without an error of their own once this line and all above it are there.</param>
/// <param name="All">Of those, the ones whose used classes have none either.</param>
internal readonly record struct BlockerLine(Blocker Blocker, int Total, int Alone, int Own, int All);

/// <summary>Classes that compile, and what keeps the others from it.</summary>
/// <param name="classes">The surveyed classes.</param>
internal sealed class SurveyTable(IReadOnlyList<SurveyedClass> classes)
{
    private readonly Dictionary<(string Project, string Name), SurveyedClass> byName = classes.ToDictionary(one => (one.Project, one.Name));

    /// <summary>Number of classes.</summary>
    public int Count => classes.Count;

    /// <summary>Classes without an error of their own.</summary>
    public int Own => CountOwn([]);

    /// <summary>Classes without an error, in themselves and in what they use.</summary>
    public int All => CountAll([]);

    /// <summary>
    /// The blockers. First comes what brings most classes nearest to compiling: each class counts one, shared by the blockers that it still has then.
    /// </summary>
    public IReadOnlyList<BlockerLine> Lines()
    {
        var removed = new HashSet<Blocker>();
        var left = classes.SelectMany(one => one.Blockers).ToHashSet();
        var lines = new List<BlockerLine>();
        while (left.Count > 0)
        {
            var next = left.MaxBy(blocker => (Share(blocker, removed), blocker.Id, blocker.Subject));
            left.Remove(next);
            removed.Add(next);
            lines.Add(new BlockerLine(
                next, classes.Count(one => one.Blockers.Contains(next)), classes.Count(one => one.Blockers.SetEquals([next])), CountOwn(removed),
                CountAll(removed)));
        }

        return lines;
    }

    /// <summary>True if a class and all that it uses have no error.</summary>
    public bool IsWhole(SurveyedClass one) => IsWhole(one, []);

    private double Share(Blocker blocker, HashSet<Blocker> removed) =>
        classes.Where(one => one.Blockers.Contains(blocker)).Sum(one => 1.0 / one.Blockers.Count(b => !removed.Contains(b)));

    private int CountOwn(HashSet<Blocker> removed) => classes.Count(one => one.Blockers.IsSubsetOf(removed));

    private int CountAll(HashSet<Blocker> removed) => classes.Count(one => IsWhole(one, removed));

    private bool IsWhole(SurveyedClass one, HashSet<Blocker> removed) =>
        one.Blockers.IsSubsetOf(removed) && one.Uses.All(name => byName[(one.Project, name)].Blockers.IsSubsetOf(removed));
}
