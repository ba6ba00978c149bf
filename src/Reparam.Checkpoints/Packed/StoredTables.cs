using System.Runtime.InteropServices;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Packed;

/// <summary>The distinct tables of the weights that are decoded with one. The file stores each once, under the name of the first weight that uses it.</summary>
internal sealed class StoredTables
{
    private readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);
    private readonly List<ReadOnlyMemory<sbyte>> entries = [];

    /// <summary>Takes the table of a weight.</summary>
    /// <returns>A number that weights with the same table have in common; null where the layout has none.</returns>
    public int? Add(PackedLayerSpec spec, CodedMatrix matrix)
    {
        if (spec.TableInfo is not { } table)
        {
            return null;
        }

        var content = $"{table.Describe()} {Convert.ToHexString(MemoryMarshal.AsBytes(matrix.TableEntries.Span))}";
        if (numbers.TryAdd(content, entries.Count))
        {
            entries.Add(matrix.TableEntries);
        }

        return numbers[content];
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
                file.Add(names[number], layer.Spec.TableInfo.Shape.AsSpan(), entries[number]);
            }
        }

        return names;
    }
}
