using Reparam.Checkpoints;
using Reparam.Checkpoints.Packed;
using Reparam.Checkpoints.Safetensors;
using Reparam.Checkpoints.Sharding;

namespace Reparam.Compression;

/// <summary>Turns a packed file back into a dense checkpoint: coded weights as F32 under their own names and shapes, the rest as it is.</summary>
public static class CheckpointDecompressor
{
    /// <summary>Writes the dense file. It appears whole or not at all.</summary>
    /// <param name="packed">The packed file.</param>
    /// <param name="output">The dense file, or the name of its shards; its folder must exist.</param>
    /// <param name="cancellation">Ends the work; nothing is written.</param>
    /// <param name="maxShardBytes">Most bytes of tensor data in one shard; null for one file.</param>
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

        foreach (var name in packed.CarriedNames)
        {
            writer.Add(packed.Checkpoint, name);
        }

        foreach (var (key, value) in packed.Checkpoint.Metadata.Where(entry => !PackedKeys.ReservedKeys.Contains(entry.Key)))
        {
            writer.SetMetadata(key, value);
        }

        return ShardedWriter.Write(writer, output, maxShardBytes, cancellation);
    }
}
