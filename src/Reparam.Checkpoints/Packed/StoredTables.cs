using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Packed;

/// <summary>The distinct tables of the weights that are decoded with one. The file stores each once, under the name of the first weight that uses it.</summary>
internal sealed class StoredTables
{
    private readonly Dictionary<CodedTable, int> numbers = [];
    private readonly List<CodedTable> tables = [];

    /// <summary>Takes the table of a weight.</summary>
    /// <returns>A number that weights with the same table have in common; null where the format has none.</returns>
    /// <exception cref="InvalidOperationException">The spec lists another table than the matrix has.</exception>
    public int? Add(PackedLayerSpec spec, CodedMatrix matrix)
    {
        var (listed, table) = (spec.TableInfo, matrix.StoredTable);
        if (listed?.DType != table?.DType || (table is not null && !listed!.Shape.SequenceEqual(table.Shape)))
        {
            throw new InvalidOperationException(
                $"a matrix of the format '{spec.Format}' has "
                    + $"{(table is null ? "no table" : $"the table {new TensorInfo("", table.DType, table.Shape).Describe()}")}, expected that of its spec: "
                    + $"{listed?.Describe() ?? "none"}");
        }

        if (table is null)
        {
            return null;
        }

        if (numbers.TryAdd(table, tables.Count))
        {
            tables.Add(table);
        }

        return numbers[table];
    }

    /// <summary>Adds each table to a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="layers">The coded weights in ordinal order of their names.</param>
    /// <returns>The tables' names by number.</returns>
    /// <exception cref="ArgumentException">The file has a tensor of that name.</exception>
    public IReadOnlyDictionary<int, string> Write(SafetensorsWriter file, IEnumerable<CodedEntry> layers)
    {
        var names = new Dictionary<int, string>();
        foreach (var layer in layers)
        {
            if (layer.Table is { } number && names.TryAdd(number, layer.Spec.TableInfo!.Name))
            {
                file.Add(names[number], tables[number].DType, tables[number].Shape.AsSpan(), tables[number].Bytes);
            }
        }

        return names;
    }
}
