using System.Collections.Immutable;
using Reparam.Checkpoints.Packed;

namespace Reparam.Compression.Reports;

/// <summary>Which layers are coded with the same table.</summary>
internal sealed class TableUse
{
    private const int None = -1;

    private readonly Dictionary<CodedTable, int> tables = [];
    private readonly List<(int Table, long Bytes, long Weights)> layers = [];

    /// <summary>Takes the next layer.</summary>
    public void Add(CodedMatrix matrix)
    {
        var number = None;
        if (matrix.StoredTable is { } table)
        {
            tables.TryAdd(table, tables.Count);
            number = tables[table];
        }

        layers.Add((number, matrix.TableBytes, (long)matrix.Rows * matrix.Columns));
    }

    /// <summary>Gives each layer's report, in the order of the layers, its table.</summary>
    public ImmutableArray<LayerReport> Spread(IEnumerable<LayerReport> reports)
    {
        var weights = layers.GroupBy(layer => layer.Table).ToDictionary(group => group.Key, group => group.Sum(layer => layer.Weights));
        return [.. reports.Zip(layers, (report, layer) => report with { TableBytes = layer.Bytes, TableWeights = weights[layer.Table] })];
    }
}
