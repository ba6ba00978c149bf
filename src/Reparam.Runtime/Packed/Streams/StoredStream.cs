namespace Reparam.Runtime.Packed;

/// <summary>A running stream from a file.</summary>
/// <param name="Key">The <see cref="RunningStream.Key"/> of the stream that was written.</param>
/// <param name="Memory">Its bytes, padded to a cache line.</param>
internal sealed unsafe record StoredStream(string Key, StreamMemory Memory)
{
    /// <summary>The memory, when it holds a stream of this key and length and lies as kernels need it.</summary>
    public StreamMemory? Fitting(string key, long bytes) => Key == key && Memory.Bytes >= bytes && (nuint)Memory.Start % 64 == 0 ? Memory : null;
}
