namespace Reparam.Checkpoints.Import.PyTorch;

/// <summary>Where the bytes of storages lie.</summary>
internal interface ITorchData : IDisposable
{
    /// <summary>Opens the bytes of a storage from an element on.</summary>
    Stream Open(TorchStorage storage, long firstElement);
}
