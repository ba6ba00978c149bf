namespace Reparam.Checkpoints.Import.PyTorch;

/// <summary>Where the bytes of storages lie.</summary>
internal interface ITorchData : IDisposable
{
    /// <summary>What is wrong with a storage's bytes, or null; nothing is unpacked for it.</summary>
    string? Problem(TorchStorage storage);

    /// <summary>Bytes that must be unpacked to read a storage; 0 for one that lies in the file as it is.</summary>
    long PackedLength(TorchStorage storage);

    /// <summary>The bytes of a storage without a problem.</summary>
    /// <exception cref="FormatException">The file breaks its format.</exception>
    FileRange Locate(TorchStorage storage);
}
