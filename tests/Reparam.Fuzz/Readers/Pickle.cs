using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Reparam.Fuzz.Readers;

/// <summary>Small PyTorch files, instruction by instruction.</summary>
internal static class Pickle
{
    private static readonly byte[] LegacyMagic = [0x80, 2, 0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19, (byte)'.'];

    /// <summary>A state dictionary in a zip archive: two tensors of one storage, one of them transposed.</summary>
    public static byte[] Zip(bool nested)
    {
        using var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in new[] { ("data.pkl", Dictionary(nested)), ("byteorder", "little"u8.ToArray()), ("data/0", Floats(12)), ("version", "3\n"u8.ToArray()) })
            {
                using var entry = archive.CreateEntry($"archive/{name}", CompressionLevel.NoCompression).Open();
                entry.Write(bytes);
            }
        }

        return file.ToArray();
    }

    /// <summary>The same before PyTorch 1.6: pickles one behind the other, then the storages.</summary>
    public static byte[] Legacy()
    {
        byte[] system = [0x80, 2, (byte)'}', (byte)'(', .. Text("little_endian"), 0x88, (byte)'u', (byte)'.'];
        byte[] keys = [0x80, 2, (byte)']', (byte)'(', .. Text("0"), (byte)'e', (byte)'.'];
        return [.. LegacyMagic, 0x80, 2, .. Integer(1001), (byte)'.', .. system, .. Dictionary(nested: false), .. keys, .. BitConverter.GetBytes(12L), .. Floats(12)];
    }

    private static byte[] Dictionary(bool nested)
    {
        byte[] entries = [.. Text("a.weight"), .. Tensor([3, 4], [4, 1], 0), .. Text("a.bias"), .. Tensor([4], [3], 0), .. Text("t.weight"), .. Tensor([2, 3], [1, 2], 4)];
        byte[] dictionary = [(byte)'c', .. "collections\nOrderedDict\n"u8, (byte)')', (byte)'R', (byte)'q', 1, (byte)'(', .. entries, (byte)'u'];
        return nested
            ? [0x80, 2, (byte)'}', (byte)'(', .. Text("state_dict"), .. dictionary, .. Text("epoch"), (byte)'K', 3, .. Text("again"), (byte)'h', 1, .. Text("list"), (byte)']', (byte)'(', (byte)'N', (byte)'K', 1, (byte)'e', (byte)'u', (byte)'.']
            : [0x80, 2, .. dictionary, (byte)'.'];
    }

    private static byte[] Tensor(long[] shape, long[] strides, long offset) =>
    [
        (byte)'c', .. "torch._utils\n_rebuild_tensor_v2\n"u8, (byte)'(',
        (byte)'(', .. Text("storage"), (byte)'c', .. "torch\nFloatStorage\n"u8, .. Text("0"), .. Text("cpu"), .. Integer(12), (byte)'t', (byte)'Q',
        .. Integer(offset), .. Tuple(shape), .. Tuple(strides), 0x89, (byte)'N', (byte)'t', (byte)'R',
    ];

    private static byte[] Tuple(long[] values) => [(byte)'(', .. values.SelectMany(Integer), (byte)'t'];

    private static byte[] Text(string value) => [(byte)'X', .. BitConverter.GetBytes(value.Length), .. Encoding.UTF8.GetBytes(value)];

    private static byte[] Integer(long value)
    {
        var bytes = new byte[10];
        (bytes[0], bytes[1]) = (0x8A, 8);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(2), value);
        return bytes;
    }

    private static byte[] Floats(int count) => [.. Weights.Numbers(count, 5).SelectMany(BitConverter.GetBytes)];
}
