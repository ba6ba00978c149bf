namespace Reparam.Compression.ShiftAdd.Codebook;

/// <summary>Searches many rows on many cores.</summary>
internal static class RowSearch
{
    /// <summary>The indices of each row, in the order of the plan.</summary>
    public static byte[][] Encode(SearchTables tables, IReadOnlyList<float[]> rows, int beam, int threads, CancellationToken cancellation)
    {
        var indices = new byte[rows.Count][];
        ForEach(tables, rows.Count, beam, threads, cancellation, (search, row) =>
        {
            indices[row] = new byte[tables.Steps];
            search.Encode(rows[row], indices[row], cancellation);
        });
        return indices;
    }

    /// <summary>Calls a body for each row, with a search of the core's own.</summary>
    public static void ForEach(SearchTables tables, int rows, int beam, int threads, CancellationToken cancellation, Action<BeamSearch, int> body)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = threads == 0 ? -1 : threads, CancellationToken = cancellation };
        Parallel.For(0, rows, parallel, () => new BeamSearch(tables, beam), (row, _, search) =>
        {
            body(search, row);
            return search;
        }, static search => search.Dispose());
    }
}
