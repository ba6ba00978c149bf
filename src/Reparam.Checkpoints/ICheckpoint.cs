namespace Reparam.Checkpoints;

/// <summary>
/// Named tensors of one file or of several shards, read on demand. Reading from several threads is safe; spans are valid until the
/// checkpoint is disposed.
/// </summary>
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

    /// <summary>The stored bytes, little-endian, last dimension fastest.</summary>
    /// <exception cref="CheckpointException">No such tensor, or it is longer than 2 GiB: read it in parts.</exception>
    ReadOnlySpan<byte> Bytes(string name);

    /// <summary>A part of the stored bytes.</summary>
    /// <param name="name">The tensor.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="length">Number of bytes.</param>
    /// <exception cref="CheckpointException">No such tensor.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The part does not lie within the tensor.</exception>
    ReadOnlySpan<byte> Bytes(string name, long offset, int length);
}
