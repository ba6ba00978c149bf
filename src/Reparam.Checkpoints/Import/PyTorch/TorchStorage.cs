namespace Reparam.Checkpoints.Import.PyTorch;

/// <summary>The memory behind tensors, or a part of it: elements of one type, stored under a key.</summary>
/// <param name="Key">Key of the memory in the file.</param>
/// <param name="Type">Type of the elements.</param>
/// <param name="Elements">Number of elements.</param>
/// <param name="StartByte">Where they start in the memory; 0 unless the storage is a part of another one.</param>
internal sealed record TorchStorage(string Key, TorchType Type, long Elements, long StartByte = 0)
{
    /// <summary>Bytes of the storage.</summary>
    public Int128 ByteLength => (Int128)Elements * Type.Bytes;

    /// <summary>A part of the storage, in elements.</summary>
    /// <exception cref="FormatException">The storage does not hold the part.</exception>
    public TorchStorage Part(long start, long count) =>
        start >= 0 && count >= 0 && start <= Elements && count <= Elements - start
            ? this with { Elements = count, StartByte = StartByte + (start * Type.Bytes) }
            : throw new FormatException($"found elements {start} to {(Int128)start + count} of storage '{Key}', expected them within its {Elements}");
}
