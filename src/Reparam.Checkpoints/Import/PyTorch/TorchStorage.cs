namespace Reparam.Checkpoints.Import.PyTorch;

/// <summary>The memory behind tensors: <paramref name="Elements"/> elements of one type, stored under a key.</summary>
internal sealed record TorchStorage(string Key, DType DType, long Elements)
{
    /// <summary>Bytes of the storage.</summary>
    public Int128 ByteLength => (Int128)Elements * DType.BitSize() / 8;
}
