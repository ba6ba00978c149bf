using System.Buffers.Binary;
using System.Numerics;
using Microsoft.Win32.SafeHandles;
using Reparam.Checkpoints.Import.PyTorch.Pickle;

namespace Reparam.Checkpoints.Import.PyTorch;

/// <summary>
/// The format of PyTorch before 1.6: five pickles (magic number, protocol, system, object, list of storage keys), then for each key the number of
/// elements (64 bits) and the elements.
/// </summary>
internal sealed class TorchLegacyData : ITorchData
{
    private const long Protocol = 1001;

    private static readonly BigInteger Magic = BigInteger.Parse("119547037146038801333356");

    private readonly SafeFileHandle handle;
    private readonly Dictionary<string, FileRange> ranges;

    private TorchLegacyData(SafeFileHandle handle, Dictionary<string, FileRange> ranges)
    {
        this.handle = handle;
        this.ranges = ranges;
    }

    /// <summary>Whether a file starts like this format: a pickle of the magic number.</summary>
    public static bool IsPlausible(ReadOnlySpan<byte> start) =>
        start.StartsWith((ReadOnlySpan<byte>)[0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]);

    /// <summary>Reads the pickles and finds the storages; keeps the handle.</summary>
    /// <exception cref="FormatException">The file breaks the format.</exception>
    public static (object? Root, TorchLegacyData Data) Read(SafeFileHandle handle)
    {
        var file = new FileRange(handle, 0, RandomAccess.GetLength(handle));
        var stream = new RangeStream(file);
        var objects = new TorchObjects();
        var pickles = new PickleReader(stream, objects);
        if (pickles.Read() is not BigInteger magic || magic != Magic)
        {
            throw new FormatException("found another number than the magic one of PyTorch");
        }

        if (pickles.Read() is not Protocol)
        {
            throw new FormatException($"found another protocol than {Protocol}");
        }

        if (pickles.Read() is not PickleDict system || system.Find("little_endian") is not true)
        {
            throw new FormatException("found a file of a big-endian system, which is not understood");
        }

        var root = pickles.Read();
        var keys = pickles.Read() as List<object?> ?? throw new FormatException("found no list of storages");
        return (root, new TorchLegacyData(handle, FindStorages(stream, objects, keys)));
    }

    public string? Problem(TorchStorage storage) => null;

    public long PackedLength(TorchStorage storage) => 0;

    public FileRange Locate(TorchStorage storage) => ranges[storage.Key];

    public void Dispose() => handle.Dispose();

    private static Dictionary<string, FileRange> FindStorages(RangeStream stream, TorchObjects objects, List<object?> keys)
    {
        var ranges = new Dictionary<string, FileRange>(StringComparer.Ordinal);
        foreach (var item in keys)
        {
            var key = item as string ?? throw new FormatException("found a storage key that is no text");
            if (!objects.Storages.TryGetValue(key, out var storage))
            {
                throw new FormatException($"found storage '{key}', which no tensor uses");
            }

            if (stream.Left < sizeof(long))
            {
                throw new FormatException($"found the end of the file in front of storage '{key}'");
            }

            var elements = stream.ReadInt64();
            if (elements != storage.Elements)
            {
                throw new FormatException($"found {elements} elements in storage '{key}', expected {storage.Elements}");
            }

            if (storage.ByteLength > stream.Left)
            {
                throw new FormatException($"found {stream.Left} bytes behind the start of storage '{key}', expected at least {storage.ByteLength}");
            }

            if (!ranges.TryAdd(key, stream.Skip(storage.ByteLength)))
            {
                throw new FormatException($"found storage '{key}' twice");
            }
        }

        if (stream.Left > 0)
        {
            throw new FormatException($"found {stream.Left} bytes behind the last storage, expected none");
        }

        foreach (var key in objects.Storages.Keys.Where(key => !ranges.ContainsKey(key)))
        {
            throw new FormatException($"found no storage '{key}'");
        }

        return ranges;
    }
}
