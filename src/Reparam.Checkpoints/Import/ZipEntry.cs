namespace Reparam.Checkpoints.Import;

/// <summary>An entry of a zip archive.</summary>
/// <param name="Name">Path in the archive.</param>
/// <param name="IsCompressed">Whether it is deflated; else it is stored as it is.</param>
/// <param name="CompressedLength">Bytes in the archive.</param>
/// <param name="Length">Bytes that it says to unpack to.</param>
/// <param name="HeaderOffset">Place of its local header.</param>
internal sealed record ZipEntry(string Name, bool IsCompressed, long CompressedLength, long Length, long HeaderOffset);
