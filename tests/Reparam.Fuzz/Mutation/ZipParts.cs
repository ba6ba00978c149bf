using System.IO.Compression;

namespace Reparam.Fuzz.Mutation;

/// <summary>A zip archive: its entries, which are stored again with the checksums of their mutated bytes.</summary>
internal sealed class ZipParts : Container
{
    private string[] names = [];

    /// <inheritdoc/>
    public override Part[]? Split(byte[] file)
    {
        if (file is not [(byte)'P', (byte)'K', 3, 4, ..])
        {
            return null;
        }

        using var archive = new ZipArchive(new MemoryStream(file), ZipArchiveMode.Read);
        names = [.. archive.Entries.Select(entry => entry.FullName)];
        return [.. archive.Entries.Select(Read)];
    }

    /// <inheritdoc/>
    public override byte[] Join(Part[] parts)
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var index = 0; index < parts.Length; index++)
            {
                using var entry = archive.CreateEntry(names[index], CompressionLevel.NoCompression).Open();
                entry.Write(parts[index].Bytes);
            }
        }

        return file.ToArray();
    }

    private static Part Read(ZipArchiveEntry entry)
    {
        using var content = new MemoryStream();
        using var stream = entry.Open();
        stream.CopyTo(content);
        return new Part(content.ToArray(), entry.Name.EndsWith(".json", StringComparison.Ordinal));
    }
}
