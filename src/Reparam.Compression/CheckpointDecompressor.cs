using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;
using Reparam.Checkpoints.Sharding;
using Reparam.Compression.Methods;

namespace Reparam.Compression;

/// <summary>
/// Turns a packed file back into a dense checkpoint: coded weights as F32 under their own names and shapes, the rest as it is. Where a weight's product rounds
/// the inputs too, the state of the layer's input map is written beside it, as an export of the trained model has it.
/// </summary>
public static class CheckpointDecompressor
{
    /// <summary>Writes the dense file. It appears whole or not at all.</summary>
    /// <param name="packed">The packed file.</param>
    /// <param name="output">The dense file, or the name of its shards; its folder must exist.</param>
    /// <param name="cancellation">Ends the work; nothing is written.</param>
    /// <param name="maxShardBytes">Maximum bytes of tensor data in one shard; null for one file.</param>
    /// <returns>Path of the file, or of the shards' index.</returns>
    /// <exception cref="CheckpointException">A coded weight is not in canonical form, or the output cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static string Decompress(PackedFile packed, string output, CancellationToken cancellation = default, long? maxShardBytes = null)
    {
        ArgumentNullException.ThrowIfNull(packed);
        SourceGuard.RequireOther(packed.Checkpoint, output);
        if (maxShardBytes is not null)
        {
            SourceGuard.RequireOtherShards(packed.Checkpoint, output);
        }

        var writer = new SafetensorsWriter();
        foreach (var (name, spec) in packed.Layers)
        {
            writer.Add(name, DType.F32, spec.Shape.AsSpan(), (destination, token) =>
            {
                LayerMemory.Release();
                packed.Decode(name, destination, token);
            });
        }

        foreach (var (name, spec) in packed.Layers)
        {
            foreach (var (state, values) in StateOf(packed, name, spec))
            {
                writer.Add(LayerState.PrefixOf(name) + state, [values.Length], values);
            }
        }

        foreach (var name in packed.CopiedNames)
        {
            writer.Add(packed.Checkpoint, name);
        }

        foreach (var (key, value) in packed.Checkpoint.Metadata.Where(entry => !PackedKeys.ReservedKeys.Contains(entry.Key)))
        {
            writer.SetMetadata(key, value);
        }

        return ShardedWriter.Write(writer, output, maxShardBytes, cancellation);
    }

    // A dense weight does not say how its inputs are rounded, so what training keeps of it is written beside it.
    private static IReadOnlyDictionary<string, ReadOnlyMemory<float>> StateOf(PackedFile packed, string weight, PackedLayerSpec spec)
    {
        if (!spec.RoundsInputs)
        {
            return LayerState.None;
        }

        return PostTrainingMethods.Find(spec.Method)?.StateOf(packed.ReadMatrixLazily(weight)) is { Count: > 0 } state
            ? state
            : throw new CheckpointException(
                packed.Path, weight, CheckpointRule.Packed,
                $"found a weight by '{spec.Method}' whose inputs are rounded too, which a dense file cannot say; expected a method that knows how to "
                    + "write that");
    }
}
