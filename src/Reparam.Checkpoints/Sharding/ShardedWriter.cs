using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Sharding;

/// <summary>Writes the tensors of a <see cref="SafetensorsWriter"/> as shards with an index.</summary>
public static class ShardedWriter
{
    /// <summary>
    /// Writes <c>NAME-00001-of-0000N.safetensors</c> … and <c>NAME.safetensors.index.json</c>, or one <c>NAME.safetensors</c> when all fits into it. All
    /// files are complete under temporary names before the first is renamed; the index comes last.
    /// </summary>
    /// <param name="writer">Tensors and metadata; every shard carries the metadata.</param>
    /// <param name="folder">Existing folder.</param>
    /// <param name="name">Name without ending, such as <c>model</c>.</param>
    /// <param name="maxShardBytes">Most bytes of tensor data in one shard, at least 1; a tensor that is larger has a shard of its own.</param>
    /// <param name="cancellationToken">Ends the write; nothing is left behind.</param>
    /// <returns>Path of the index, or of the single file.</returns>
    /// <exception cref="CheckpointException">A file cannot be written, or a source gave another number of bytes than declared.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static string Write(SafetensorsWriter writer, string folder, string name, long maxShardBytes, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxShardBytes, 1);
        var parts = Split(writer.InOrder(), maxShardBytes);
        if (parts.Length <= 1)
        {
            var single = Path.Combine(folder, name + ".safetensors");
            writer.Write(single, cancellationToken);
            return single;
        }

        var staged = new List<AtomicFile>();
        try
        {
            var weightMap = new SortedDictionary<string, string>(StringComparer.Ordinal);
            for (var i = 0; i < parts.Length; i++)
            {
                var shard = $"{name}-{i + 1:D5}-of-{parts.Length:D5}.safetensors";
                var file = new AtomicFile(Path.Combine(folder, shard));
                staged.Add(file);
                file.Fill(stream => writer.WriteTo(stream, file.Path, parts[i], cancellationToken));
                file.Complete();
                foreach (var tensor in parts[i])
                {
                    weightMap.Add(tensor.Info.Name, shard);
                }
            }

            var index = new AtomicFile(Path.Combine(folder, name + ".safetensors" + Checkpoint.IndexSuffix));
            staged.Add(index);
            var totalSize = parts.Sum(part => part.Sum(tensor => tensor.Info.ByteLength));
            index.Fill(stream => stream.Write(IndexJson(totalSize, weightMap)));
            index.Complete();

            cancellationToken.ThrowIfCancellationRequested();
            staged.ForEach(file => file.Commit());
            return index.Path;
        }
        finally
        {
            staged.ForEach(file => file.Dispose());
        }
    }

    private static ImmutableArray<ImmutableArray<TensorToWrite>> Split(ImmutableArray<TensorToWrite> tensors, long maxShardBytes)
    {
        var parts = ImmutableArray.CreateBuilder<ImmutableArray<TensorToWrite>>();
        var part = ImmutableArray.CreateBuilder<TensorToWrite>();
        long size = 0;
        foreach (var tensor in tensors)
        {
            if (part.Count > 0 && tensor.Info.ByteLength > maxShardBytes - size)
            {
                parts.Add(part.DrainToImmutable());
                size = 0;
            }

            part.Add(tensor);
            size += tensor.Info.ByteLength;
        }

        if (part.Count > 0)
        {
            parts.Add(part.DrainToImmutable());
        }

        return parts.DrainToImmutable();
    }

    private static ReadOnlySpan<byte> IndexJson(long totalSize, SortedDictionary<string, string> weightMap)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var options = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteNumber("total_size", totalSize);
            json.WriteEndObject();
            json.WriteStartObject("weight_map");
            foreach (var (tensor, shard) in weightMap)
            {
                json.WriteString(tensor, shard);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan;
    }
}
