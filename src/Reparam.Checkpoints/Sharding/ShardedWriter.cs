using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using Reparam.Checkpoints.Safetensors;

namespace Reparam.Checkpoints.Sharding;

/// <summary>Writes the tensors of a <see cref="SafetensorsWriter"/> as shards with an index.</summary>
public static class ShardedWriter
{
    /// <summary>Writes one file, or shards named after it.</summary>
    /// <param name="writer">Tensors and metadata; every shard has the metadata.</param>
    /// <param name="path">
    /// The file. Shards of <c>m.safetensors</c> are <c>m-00001-of-0000N.safetensors</c> … with the index <c>m.safetensors.index.json</c>.
    /// </param>
    /// <param name="maxShardBytes">Maximum bytes of tensor data in one shard; null for one file, whatever its size.</param>
    /// <param name="cancellationToken">Ends the write; nothing is left behind.</param>
    /// <param name="review">Reads what was written before it is put in its place. What it throws ends the write. Null for none.</param>
    /// <returns>Path of the index, or of the single file.</returns>
    /// <exception cref="CheckpointException">
    /// A file cannot be written, a source gave another number of bytes than declared, or shards cannot be named after the file.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static string Write(
        SafetensorsWriter writer, string path, long? maxShardBytes, CancellationToken cancellationToken = default, Action<ICheckpoint>? review = null)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (maxShardBytes is { } most)
        {
            var output = ShardedOutput.Of(path);
            return Write(writer, output.Folder, output.Name, most, cancellationToken, review);
        }

        WriteSingle(writer, path, cancellationToken, review);
        return path;
    }

    /// <summary>
    /// Writes <c>NAME-00001-of-0000N.safetensors</c> … and <c>NAME.safetensors.index.json</c>, or one <c>NAME.safetensors</c> when all fits into it. All
    /// files are complete under temporary names before the first is renamed; the index comes last. What an earlier write of the same name left is
    /// removed: shards that its index lists, the index, the single file.
    /// </summary>
    /// <remarks>
    /// Where a shard of the earlier write is replaced, its index goes first: whoever reads in between, or after a power cut, finds no index rather than
    /// shards of two checkpoints.
    /// </remarks>
    /// <param name="writer">Tensors and metadata; every shard has the metadata.</param>
    /// <param name="folder">Existing folder.</param>
    /// <param name="name">Name without ending, such as <c>model</c>.</param>
    /// <param name="maxShardBytes">Maximum bytes of tensor data in one shard, at least 1; a tensor that is larger has a shard of its own.</param>
    /// <param name="cancellationToken">Ends the write; nothing is left behind.</param>
    /// <param name="review">Reads what was written before it is put in its place. What it throws ends the write. Null for none.</param>
    /// <returns>Path of the index, or of the single file.</returns>
    /// <exception cref="CheckpointException">A file cannot be written, or a source gave another number of bytes than declared.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static string Write(
        SafetensorsWriter writer, string folder, string name, long maxShardBytes, CancellationToken cancellationToken = default,
        Action<ICheckpoint>? review = null)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxShardBytes, 1);
        var output = new ShardedOutput(folder, name);
        var earlier = output.EarlierShards();
        output.RemoveLeftovers();
        var parts = Split(writer.InOrder(), maxShardBytes);
        if (parts.Length <= 1)
        {
            WriteSingle(writer, output.Single, cancellationToken, review);
            output.RemoveIndex();
            output.Remove(earlier);
            return output.Single;
        }

        var staged = new List<AtomicFile>();
        try
        {
            var shards = Stage(writer, output, parts, staged, cancellationToken);
            if (review is not null)
            {
                Review(output.Index, staged, review);
            }

            var index = new AtomicFile(output.Index);
            staged.Add(index);
            index.Fill(stream => stream.Write(IndexJson(parts, shards, writer.HasChecksums ? HeaderChecksums(staged[..^1]) : null)));
            index.Complete();

            cancellationToken.ThrowIfCancellationRequested();
            if (earlier.Intersect(shards, StringComparer.Ordinal).Any())
            {
                output.RemoveIndex();
            }

            staged.ForEach(file => file.Commit());
            output.Remove(earlier.Except(shards, StringComparer.Ordinal).Append(Path.GetFileName(output.Single)));
            return output.Index;
        }
        finally
        {
            staged.ForEach(file => file.Dispose());
        }
    }

    private static void WriteSingle(SafetensorsWriter writer, string path, CancellationToken cancellationToken, Action<ICheckpoint>? review) =>
        writer.Write(path, cancellationToken, review is null ? null : temporary =>
        {
            using var file = SafetensorsFile.Open(temporary);
            review(file);
        });

    /// <summary>Writes all shards under temporary names.</summary>
    /// <returns>Their file names.</returns>
    private static string[] Stage(
        SafetensorsWriter writer, ShardedOutput output, ImmutableArray<ImmutableArray<TensorToWrite>> parts, List<AtomicFile> staged,
        CancellationToken cancellationToken)
    {
        var names = new string[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            names[i] = output.Shard(i + 1, parts.Length);
            var file = new AtomicFile(Path.Combine(output.Folder, names[i]));
            staged.Add(file);
            var part = parts[i];
            file.Fill(stream => writer.WriteTo(stream, file.Path, part, cancellationToken));
            file.Complete();
        }

        return names;
    }

    private static void Review(string index, List<AtomicFile> staged, Action<ICheckpoint> review)
    {
        var shards = new List<SafetensorsFile>();
        try
        {
            staged.ForEach(file => file.Review(temporary => shards.Add(SafetensorsFile.Open(temporary))));
            using var checkpoint = ShardedCheckpoint.Of(index, shards);
            review(checkpoint);
        }
        finally
        {
            shards.ForEach(shard => shard.Dispose());
        }
    }

    private static string[] HeaderChecksums(List<AtomicFile> staged)
    {
        var sums = new List<string>();
        staged.ForEach(file => file.Review(temporary =>
        {
            using var shard = SafetensorsFile.Open(temporary);
            sums.Add(shard.Metadata[ContentChecksum.HeaderKey]);
        }));
        return [.. sums];
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

    private static byte[] IndexJson(ImmutableArray<ImmutableArray<TensorToWrite>> parts, string[] shards, string[]? checksums)
    {
        var totalSize = parts.Sum(part => part.Sum(tensor => tensor.Info.ByteLength));
        var weightMap = parts.Zip(shards)
            .SelectMany(pair => pair.First.Select(tensor => (Tensor: tensor.Info.Name, Shard: pair.Second)))
            .OrderBy(entry => entry.Tensor, StringComparer.Ordinal);
        var buffer = new ArrayBufferWriter<byte>();
        var options = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            if (checksums is not null)
            {
                json.WriteString(IndexChecksum.Key, IndexChecksum.Zeros);
            }

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

        var index = buffer.WrittenSpan.ToArray();
        if (checksums is not null)
        {
            IndexChecksum.Seal(index, checksums);
        }

        return index;
    }
}
