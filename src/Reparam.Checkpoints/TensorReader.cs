using System.IO.Hashing;
using Reparam.Checkpoints.Safetensors;
using Reparam.Checkpoints.Sharding;

namespace Reparam.Checkpoints;

/// <summary>
/// Reads the stored bytes of a tensor from front to back, and compares their checksum, where the file has one, when the last byte has been read.
/// </summary>
public sealed class TensorReader
{
    private readonly ICheckpoint checkpoint;
    private readonly TensorInfo info;
    private readonly UInt128? expected;
    private readonly XxHash128? hash;
    private long position;

    /// <summary>Begins at the first byte.</summary>
    /// <exception cref="CheckpointException">No such tensor.</exception>
    public TensorReader(ICheckpoint checkpoint, string name)
    {
        this.checkpoint = checkpoint;
        info = checkpoint.Info(name);
        expected = checkpoint.Checksum(name);
        hash = expected is null ? null : new XxHash128();
        CheckAtEnd();
    }

    /// <summary>Bytes that are left.</summary>
    public long Remaining => info.ByteLength - position;

    /// <summary>Reads the next bytes.</summary>
    /// <param name="destination">At most <see cref="Remaining"/>.</param>
    /// <exception cref="CheckpointException">The file cannot be read any more, or the last byte has been read and the checksum is another.</exception>
    public void Read(Span<byte> destination)
    {
        if (destination.IsEmpty)
        {
            return;
        }

        checkpoint.Read(info.Name, position, destination);
        position += destination.Length;
        hash?.Append(destination);
        CheckAtEnd();
    }

    private void CheckAtEnd()
    {
        if (hash is not null && Remaining == 0 && hash.GetCurrentHashAsUInt128() is var found && found != expected)
        {
            throw new CheckpointException(
                checkpoint is ShardedCheckpoint sharded ? sharded.ShardOf(info.Name) : checkpoint.Path, info.Name, CheckpointRule.Checksum,
                $"found bytes with the checksum {ContentChecksum.Format(found)}, expected {ContentChecksum.Format(expected!.Value)} as the header says: the "
                    + "file is damaged");
        }
    }
}
