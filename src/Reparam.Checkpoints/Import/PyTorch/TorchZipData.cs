using System.Text;
using Microsoft.Win32.SafeHandles;
using Reparam.Checkpoints.Import.PyTorch.Pickle;

namespace Reparam.Checkpoints.Import.PyTorch;

/// <summary>
/// The format of PyTorch since 1.6: a zip archive with <c>NAME/data.pkl</c> and each storage in <c>NAME/data/KEY</c>. TorchScript archives have the tensors of
/// their code's constants beside it, in <c>NAME/constants.pkl</c> and <c>NAME/constants/KEY</c>.
/// </summary>
internal sealed class TorchZipData : ITorchData
{
    private const string PickleName = "/data.pkl";

    // A pickle that is compressed better than this is a bomb: PyTorch does not compress at all.
    private const long FreePickle = 1 << 20;
    private const long PickleRatio = 200;

    private readonly SafeFileHandle handle;
    private readonly ZipDirectory directory;
    private readonly string folder;
    private readonly Dictionary<string, long> wholeLengths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FileRange> unpacked = new(StringComparer.Ordinal);
    private ScratchFile? scratch;

    private TorchZipData(SafeFileHandle handle, ZipDirectory directory, string folder)
    {
        this.handle = handle;
        this.directory = directory;
        this.folder = folder;
    }

    /// <summary>Whether a file starts like a zip archive.</summary>
    public static bool IsPlausible(ReadOnlySpan<byte> start) => start.StartsWith("PK\u0003\u0004"u8);

    /// <summary>Reads the pickles; keeps the handle.</summary>
    /// <returns>The object, the constants of a TorchScript archive's code (null for none), and the storages.</returns>
    /// <exception cref="FormatException">The archive breaks the format.</exception>
    public static (object? Root, object? Constants, TorchZipData Data) Read(SafeFileHandle handle)
    {
        var directory = ZipDirectory.Read(handle);
        var pickles = directory.Entries.Values
            .Where(entry => entry.Name.EndsWith(PickleName, StringComparison.Ordinal) && entry.Name.Count(letter => letter == '/') == 1)
            .ToArray();
        if (pickles.Length != 1)
        {
            throw new FormatException($"found {pickles.Length} entries 'NAME{PickleName}' in the zip archive, expected one");
        }

        var data = new TorchZipData(handle, directory, pickles[0].Name[..^PickleName.Length]);
        data.RequireLittleEndian();
        var root = data.ReadPickle(pickles[0], "data");
        var constants = directory.Entries.TryGetValue($"{data.folder}/constants.pkl", out var entry) ? data.ReadPickle(entry, "constants") : null;
        return (root, constants, data);
    }

    public string? Problem(TorchStorage storage) =>
        !directory.Entries.TryGetValue(EntryName(storage), out var entry) ? $"found no entry '{EntryName(storage)}' in the zip archive"
        : entry.Length != WholeLength(storage) ? $"found {entry.Length} bytes in '{entry.Name}', expected {WholeLength(storage)}"
        : null;

    public long PackedLength(TorchStorage storage) => directory.Entries[EntryName(storage)] is { IsCompressed: true } entry ? entry.Length : 0;

    public FileRange Locate(TorchStorage storage)
    {
        var entry = directory.Entries[EntryName(storage)];
        if (!entry.IsCompressed)
        {
            return directory.Locate(entry);
        }

        if (!unpacked.TryGetValue(entry.Name, out var range))
        {
            using var stream = directory.Open(entry);
            range = (scratch ??= new ScratchFile()).Append(stream, entry.Length);
            unpacked.Add(entry.Name, range);
        }

        return range;
    }

    public void Dispose()
    {
        scratch?.Dispose();
        handle.Dispose();
    }

    private string EntryName(TorchStorage storage) => $"{folder}/{storage.Key}";

    // A storage may be a part of the one that was stored.
    private long WholeLength(TorchStorage storage) => wholeLengths[storage.Key];

    private object? ReadPickle(ZipEntry entry, string storageFolder)
    {
        if (entry.Length > FreePickle + (PickleRatio * entry.CompressedLength))
        {
            throw new FormatException(
                $"found '{entry.Name}' of {entry.CompressedLength} bytes that unpack to {entry.Length}, expected {PickleRatio} times as much at most");
        }

        var objects = new TorchObjects(storageFolder);
        using var stream = Buffered(entry);
        var root = new PickleReader(stream, objects).Read();
        foreach (var (key, storage) in objects.Storages)
        {
            wholeLengths[key] = storage.ByteLength <= long.MaxValue
                ? (long)storage.ByteLength
                : throw new FormatException($"storage '{key}' has {storage.Elements} elements");
        }

        return root;
    }

    // A reader of pickles asks for single bytes.
    private Stream Buffered(ZipEntry entry) => entry.IsCompressed ? new BufferedStream(directory.Open(entry), 1 << 16) : directory.Open(entry);

    private void RequireLittleEndian()
    {
        if (!directory.Entries.TryGetValue($"{folder}/byteorder", out var entry))
        {
            return;
        }

        using var reader = new StreamReader(directory.Open(entry), Encoding.ASCII);
        var buffer = new char[16];
        if (new string(buffer, 0, reader.ReadBlock(buffer)).Trim() != "little")
        {
            throw new FormatException("found a file of a big-endian system, which is not understood");
        }
    }
}
