namespace Reparam.Checkpoints;

/// <summary>Named tensors of one file or of several shards, read on demand. Reading from several threads is safe.</summary>
public interface ICheckpoint : IDisposable
{
    /// <summary>The file, or the index of the shards.</summary>
    string Path { get; }

    /// <summary>Names of all tensors, each once; in the order of the data (file), or in ordinal order (shards).</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>The header's metadata; empty when there is none. Of shards: the entries that no two shards give differently.</summary>
    IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Whether the tensor exists.</summary>
    bool Contains(string name);

    /// <summary>Type and shape of a tensor.</summary>
    /// <exception cref="CheckpointException">No such tensor.</exception>
    TensorInfo Info(string name);

    /// <summary>Reads a part of the stored bytes, little-endian, last dimension fastest.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="destination">As many bytes as are read.</param>
    /// <exception cref="CheckpointException">No such tensor, or the file cannot be read any more.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie within the tensor.</exception>
    void Read(string name, long offset, Span<byte> destination);

    /// <summary>The checksum that the file gives for the stored bytes of a tensor; null where it gives none.</summary>
    /// <exception cref="CheckpointException">No such tensor.</exception>
    UInt128? Checksum(string name);
}
