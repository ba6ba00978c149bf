using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.Allocation;

/// <summary>Numbers the tables that codings of more than one layer have in common; the file holds each once.</summary>
internal sealed class TableIndex
{
    private readonly Dictionary<CodedTable, int> shared = [];

    /// <summary>Looks for them. Where there are more than the integer program takes, those of the fewest bytes count for each layer anew.</summary>
    public TableIndex(IEnumerable<LayerCandidates> layers)
    {
        var owners = layers
            .SelectMany(layer => layer.Candidates.Select(candidate => candidate.Table).OfType<CodedTable>().Distinct())
            .CountBy(table => table)
            .Where(table => table.Value > 1)
            .Select(table => table.Key)
            .OrderByDescending(table => table.Bytes.Length)
            .ThenBy(table => Convert.ToHexString(table.Bytes.Span), StringComparer.Ordinal);
        foreach (var table in owners.Take(BudgetSolver.MaxTables))
        {
            shared.Add(table, shared.Count);
        }
    }

    /// <summary>Bytes of each shared table.</summary>
    public IReadOnlyList<long> Sizes => [.. shared.OrderBy(table => table.Value).Select(table => (long)table.Key.Bytes.Length)];

    /// <summary>A candidate for the integer program.</summary>
    public BudgetChoice Choice(Candidate candidate, double cost) =>
        candidate.Table is null ? new BudgetChoice(candidate.Bytes, cost)
        : shared.TryGetValue(candidate.Table, out var table) ? new BudgetChoice(candidate.Bytes, cost, table)
        : new BudgetChoice(candidate.Bytes + candidate.TableBytes, cost);

    /// <summary>Bytes of a set of codings, each table once.</summary>
    public static long SizeOf(IEnumerable<Candidate> candidates)
    {
        var all = candidates.ToArray();
        return all.Sum(candidate => candidate.Bytes) + all.Select(candidate => candidate.Table).OfType<CodedTable>().Distinct()
            .Sum(table => (long)table.Bytes.Length);
    }
}
