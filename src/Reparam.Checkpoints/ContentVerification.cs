using Reparam.Checkpoints.Safetensors;
using Reparam.Checkpoints.Sharding;

namespace Reparam.Checkpoints;

/// <summary>Holds every byte of a checkpoint against the checksums that its files have (<see cref="ContentChecksum"/>).</summary>
public static class ContentVerification
{
    private const int Part = 1 << 20;

    /// <summary>Reads the whole checkpoint and compares. The checksum of a header was compared when the file was opened.</summary>
    /// <returns>
    /// Bytes that were compared: those of all files; null when the checkpoint has no checksums, so that there is nothing to compare with.
    /// </returns>
    /// <exception cref="CheckpointException">
    /// A tensor or the index has another checksum, some files of the checkpoint have checksums and others none, or a file cannot be read or was changed
    /// meanwhile.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static long? Verify(ICheckpoint checkpoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        IReadOnlyList<SafetensorsFile> files = checkpoint switch
        {
            SafetensorsFile file => [file],
            ShardedCheckpoint sharded => sharded.Shards,
            _ => [],
        };
        if (!files.Any(file => file.HasChecksums))
        {
            return null;
        }

        if (files.FirstOrDefault(file => !file.HasChecksums) is { } without)
        {
            throw new CheckpointException(
                without.Path, null, CheckpointRule.Checksum,
                "found no checksums, expected them as in the other files of the checkpoint: it is of another checkpoint, or damaged");
        }

        (checkpoint as ShardedCheckpoint)?.RequireIndex();
        var buffer = new byte[Part];
        long bytes = 0;
        foreach (var file in files)
        {
            foreach (var name in file.Names)
            {
                var reader = new TensorReader(file, name);
                while (reader.Remaining > 0)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    reader.Read(buffer.AsSpan(0, (int)Math.Min(Part, reader.Remaining)));
                }

                bytes += file.Info(name).ByteLength;
            }

            bytes += file.HeaderBytes;
        }

        checkpoint.RequireUnchanged();
        return bytes;
    }
}
