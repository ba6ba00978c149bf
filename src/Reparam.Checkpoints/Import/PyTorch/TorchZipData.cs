using System.IO.Compression;
using System.Text;
using Reparam.Checkpoints.Import.PyTorch.Pickle;

namespace Reparam.Checkpoints.Import.PyTorch;

/// <summary>The format of PyTorch since 1.6: a zip archive with <c>NAME/data.pkl</c> and each storage in <c>NAME/data/KEY</c>.</summary>
internal sealed class TorchZipData : ITorchData
{
    private const string PickleName = "/data.pkl";

    private readonly ZipArchive archive;
    private readonly string folder;

    private TorchZipData(ZipArchive archive, string folder)
    {
        this.archive = archive;
        this.folder = folder;
    }

    /// <summary>Whether a file starts like a zip archive.</summary>
    public static bool IsPlausible(ReadOnlySpan<byte> start) => start.StartsWith("PK\u0003\u0004"u8);

    /// <summary>Reads the pickle and finds the storages; keeps the archive.</summary>
    /// <exception cref="FormatException">The archive breaks the format.</exception>
    /// <exception cref="InvalidDataException">The archive is no zip file.</exception>
    public static (object? Root, TorchZipData Data) Read(FileStream stream)
    {
        var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: false);
        var pickles = archive.Entries
            .Where(entry => entry.FullName.EndsWith(PickleName, StringComparison.Ordinal) && entry.FullName.Count(letter => letter == '/') == 1)
            .ToArray();
        if (pickles.Length != 1)
        {
            throw new FormatException($"found {pickles.Length} entries 'NAME{PickleName}' in the zip archive, expected one");
        }

        var folder = pickles[0].FullName[..^PickleName.Length];
        if (archive.GetEntry($"{folder}/byteorder") is { } byteOrder)
        {
            using var reader = new StreamReader(byteOrder.Open(), Encoding.ASCII);
            var buffer = new char[16];
            if (new string(buffer, 0, reader.ReadBlock(buffer)).Trim() != "little")
            {
                throw new FormatException("found a file of a big-endian system, which is not understood");
            }
        }

        var objects = new TorchObjects();
        using var pickle = new BufferedStream(pickles[0].Open(), 1 << 16);
        var root = new PickleReader(pickle, objects).Read();
        foreach (var storage in objects.Storages.Values)
        {
            var entry = archive.GetEntry($"{folder}/data/{storage.Key}") ?? throw new FormatException($"found no entry '{folder}/data/{storage.Key}'");
            if (entry.Length != storage.ByteLength)
            {
                throw new FormatException($"found {entry.Length} bytes in '{entry.FullName}', expected {storage.ByteLength}");
            }
        }

        return (root, new TorchZipData(archive, folder));
    }

    public Stream Open(TorchStorage storage, long firstElement)
    {
        var stream = archive.GetEntry($"{folder}/data/{storage.Key}")!.Open();
        var skip = firstElement * storage.DType.BitSize() / 8;
        var buffer = new byte[(int)Math.Min(skip, 1 << 16)];
        while (skip > 0)
        {
            var read = stream.Read(buffer, 0, (int)Math.Min(skip, buffer.Length));
            if (read == 0)
            {
                break;
            }

            skip -= read;
        }

        return stream;
    }

    public void Dispose() => archive.Dispose();
}
