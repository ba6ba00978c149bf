namespace Reparam.Compression.Allocation;

/// <summary>Numbers the tables that codings of more than one layer have in common; the file holds each once.</summary>
internal sealed class TableIndex
{
    private readonly Dictionary<string, int> shared = new(StringComparer.Ordinal);

    /// <summary>Looks for them. Where there are more than the integer program takes, those of the fewest bytes count for each layer anew.</summary>
    public TableIndex(IEnumerable<LayerCandidates> layers)
    {
        var owners = layers
            .SelectMany(layer => layer.Candidates.Where(candidate => !candidate.Table.IsEmpty).Select(candidate => Key(candidate)).Distinct())
            .CountBy(key => key, StringComparer.Ordinal)
            .Where(table => table.Value > 1)
            .Select(table => table.Key)
            .OrderByDescending(key => key.Length)
            .ThenBy(key => key, StringComparer.Ordinal);
        foreach (var key in owners.Take(BudgetSolver.MaxTables))
        {
            shared.Add(key, shared.Count);
        }
    }

    /// <summary>Bytes of each shared table.</summary>
    public IReadOnlyList<long> Sizes => [.. shared.OrderBy(table => table.Value).Select(table => (long)table.Key.Length)];

    /// <summary>A candidate for the integer program.</summary>
    public BudgetChoice Choice(Candidate candidate, double cost) =>
        candidate.Table.IsEmpty ? new BudgetChoice(candidate.Bytes, cost)
        : shared.TryGetValue(Key(candidate), out var table) ? new BudgetChoice(candidate.Bytes, cost, table)
        : new BudgetChoice(candidate.Bytes + candidate.Table.Length, cost);

    /// <summary>Bytes of a set of codings, each table once.</summary>
    public static long SizeOf(IEnumerable<Candidate> candidates)
    {
        var all = candidates.ToArray();
        return all.Sum(candidate => candidate.Bytes) + all.Where(candidate => !candidate.Table.IsEmpty).Select(Key).Distinct(StringComparer.Ordinal).Sum(key => (long)key.Length);
    }

    // The values as text of one letter a byte.
    private static string Key(Candidate candidate) => string.Create(candidate.Table.Length, candidate.Table, (text, table) =>
    {
        for (var index = 0; index < text.Length; index++)
        {
            text[index] = (char)(byte)table.Span[index];
        }
    });
}
